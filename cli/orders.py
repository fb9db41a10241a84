"""From what a person names to runs that can be started: check, save, and say what each run is given."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.client import Client
from cli.errors import ServerUnreachable
from cli.records import Execution
from cli.runs import Order
from cli.server import connect, find_server
from cli.targets import FlowFile, SavedFlow, Target, find_targets, read_flow_file, read_lone_file
from cli.variables import Variables


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the options say of every run."""

    environment: str | None
    variables: Variables
    labels: Mapping[str, str]
    timeout_seconds: float | None


def prepare(
    names: Sequence[str], *, tags: Sequence[str], wanted: Wanted, say: Callable[[str], None]
) -> tuple[Client, list[Order]]:
    """The server, and one order for each flow the names mean. `say` hears warnings, and what is done about a server.

    Raises FlowRefused before anything is started when a flow has errors. One lone file is left to a server that is
    there to find them: it speaks the same language and has it loaded, which saves half of the time of a short run.
    """
    client = find_server()
    text = read_lone_file(names) if client is not None and not tags else None
    if client is not None and text is not None:
        return client, [_saved_order(client, names[0], text, wanted, say)]
    found = find_targets(names, tags=tags)
    for target in found:
        for line in target.warnings if isinstance(target, FlowFile) else ():
            say(line)
    client = client or connect(say)
    return client, [_order(target, wanted) for target in found]


def _saved_order(client: Client, path: str, text: str, wanted: Wanted, say: Callable[[str], None]) -> Order:
    try:
        saved = client.save_flow(text=text, filename=path)
    except ServerUnreachable:
        read_flow_file(path)  # raises FlowRefused: errors in the flow are the nearer thing to mend
        raise
    for line in saved.get("problems") or ():
        say(line)
    body = {"flow": saved["slug"], "version": saved["version"]["number"], **_body(wanted)}
    key = str(uuid.uuid4())
    return Order(name=saved.get("name") or path, start=lambda client: _start(client, body, key), file=path)


def _order(target: Target, wanted: Wanted) -> Order:
    body, key = _body(wanted), str(uuid.uuid4())
    if isinstance(target, SavedFlow):
        slug = target.slug
        return Order(name=slug, start=lambda client: _start(client, {"flow": slug, **body}, key))
    file = target

    def save_and_start(client: Client) -> Execution:
        saved = client.save_flow(text=file.text, filename=file.path, files=file.files)
        text_variables = {**_env_file_values(client, file, wanted), **wanted.variables.text}
        named = {"flow": saved["slug"], "version": saved["version"]["number"]}
        return _start(client, {**named, **body, "text_variables": text_variables}, key)

    return Order(name=file.spec.name, start=save_and_start, file=file.path)


def save_target(client: Client, target: Target, wanted: Wanted, say: Callable[[str], None]) -> dict[str, Any]:
    """Save the flow if it is a file; what the API is told of it, and of everything the options say."""
    body = _body(wanted)
    if isinstance(target, SavedFlow):
        return {"flow": target.slug, **body}
    for line in target.warnings:
        say(line)
    saved = client.save_flow(text=target.text, filename=target.path, files=target.files)
    text_variables = {**_env_file_values(client, target, wanted), **wanted.variables.text}
    named = {"flow": saved["slug"], "version": saved["version"]["number"]}
    return {**named, **body, "text_variables": text_variables}


def _body(wanted: Wanted) -> dict[str, Any]:
    return {
        "environment": wanted.environment,
        "variables": wanted.variables.typed,
        "text_variables": wanted.variables.text,
        "labels": dict(wanted.labels),
        "timeout": wanted.timeout_seconds,
        "trigger": "cli",
    }


def _start(client: Client, body: Mapping[str, Any], key: str) -> Execution:
    """The same key for the same order: a request that is sent again starts nothing new."""
    return client.start({name: value for name, value in body.items() if value not in (None, {})}, idempotency_key=key)


def _env_file_values(client: Client, file: FlowFile, wanted: Wanted) -> dict[str, str]:
    """They travel as overrides, which stand above all else; so what the environment or `--var` gives is left out."""
    given: set[str] = {*wanted.variables.typed, *wanted.variables.text}
    if file.env_file and wanted.environment:
        environment = client.environment(wanted.environment)
        given.update(environment.get("variables") or ())
        given.update(secret["name"] for secret in environment.get("secrets") or ())
    return {name: value for name, value in file.env_file.items() if name not in given}
