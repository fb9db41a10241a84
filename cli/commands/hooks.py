"""`stepwell hooks`: addresses that start a flow when somebody posts to them."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.errors import WrongUse
from cli.found import named
from cli.jsonprint import print_json
from cli.screen import Line, open_screen
from cli.server import connect
from cli.tables import Cell, table
from cli.telling import speaks_plainly, warn
from cli.timetext import local
from cli.variables import parse_labels

app = typer.Typer(help="Hooks: addresses that start a flow when somebody posts to them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME|ID", help="The hook.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Flow = Annotated[str | None, typer.Option("--flow", "-f", metavar="SLUG", help="The flow to start.")]
Env = Annotated[str | None, typer.Option("--env", "-e", metavar="NAME", help="The environment to run in; '' for none.")]
Path = Annotated[
    list[str] | None,
    typer.Option("--path", "-p", metavar="NAME=PATH", help="A variable from what is posted: ORDER=body.order.id."),
]
Label = Annotated[list[str] | None, typer.Option("--label", "-l", metavar="K=V", help="Label its executions.")]
PerMinute = Annotated[
    int | None, typer.Option("--per-minute", min=1, max=6000, help="Calls a minute; more are refused.")
]


@app.command("list")
@speaks_plainly
def list_hooks(json: AsJson = False) -> None:
    """The hooks of the workspace, revoked ones as well."""
    found = connect(warn).hooks()
    if json:
        print_json(found)
        return
    headings = ["id", "hook", "begins with", "flow", "environment", "last called", ""]
    open_screen().show(table(headings, [_row(one) for one in found]) if found else [[("There is no hook yet.", "")]])


@app.command("show")
@speaks_plainly
def show(name: Name, json: AsJson = False) -> None:
    """What a hook starts, and when it was last called."""
    found = named(connect(warn).hooks(), name, kind="hook")
    if json:
        print_json(found)
        return
    open_screen().show(_described(found))


@app.command("create")
@speaks_plainly
def create(
    name: Annotated[str, typer.Argument(help="What it is called; executions say that it started them.")],
    flow: Flow = None,
    env: Env = None,
    path: Path = None,
    label: Label = None,
    per_minute: PerMinute = None,
) -> None:
    """Make a hook. Its address is printed alone on stdout, this once: whoever knows it can start the flow."""
    if flow is None:
        raise WrongUse("A hook needs a flow.", "Name one with --flow SLUG; `stepwell flows list` shows them.")
    body = _body(flow=flow, env=env, path=path, label=label, per_minute=per_minute)
    made = connect(warn).create_hook({"name": name, **body})
    warn("This address is shown once. Keep it as you would a token.")
    print(made["url"], flush=True)


@app.command("edit")
@speaks_plainly
def edit(
    name: Name,
    rename: Annotated[str | None, typer.Option("--name", help="Call it otherwise.")] = None,
    flow: Flow = None,
    env: Env = None,
    path: Path = None,
    label: Label = None,
    per_minute: PerMinute = None,
) -> None:
    """Change what is named; the address stays. Paths and labels are given all anew; one '' for none."""
    body = _body(flow=flow, env=env, path=path, label=label, per_minute=per_minute)
    body |= {"name": rename} if rename is not None else {}
    if not body:
        raise WrongUse("There is nothing to change.", "Name what is to be otherwise, such as --per-minute 10.")
    client = connect(warn)
    open_screen().show(_described(client.edit_hook(named(client.hooks(), name, kind="hook")["id"], body)))


@app.command("revoke")
@speaks_plainly
def revoke(name: Name) -> None:
    """Take it out of use for good: its address starts nothing any more."""
    client = connect(warn)
    revoked = client.revoke_hook(named(client.hooks(), name, kind="hook")["id"])
    open_screen().show([[(f"{revoked['name']} starts nothing any more.", "")]])


def _body(
    *, flow: str | None, env: str | None, path: list[str] | None, label: list[str] | None, per_minute: int | None
) -> dict[str, Any]:
    body: dict[str, Any] = {"flow": flow} if flow is not None else {}
    if env is not None:
        body["environment"] = env or None
    if path is not None:
        body["variables"] = dict(_path(one) for one in path if one)
    if label is not None:
        body["labels"] = parse_labels([one for one in label if one])
    if per_minute is not None:
        body["per_minute"] = per_minute
    return body


def _path(text: str) -> tuple[str, str]:
    name, sign, path = text.partition("=")
    if not sign or not name.strip():
        raise WrongUse(f"--path {text}: this needs NAME=PATH.", "For example --path ORDER=body.order.id.")
    return name.strip(), path.strip()


def _row(hook: Mapping[str, Any]) -> list[Cell]:
    called = hook.get("last_called_at")
    return [
        (str(hook["id"]), "dim"),
        (hook["name"], "bold"),
        (f"{hook.get('hint')}…", "dim"),
        (hook.get("flow") or "", ""),
        (hook.get("environment") or "–", ""),
        (local(called) if called else "never", ""),
        ("revoked" if hook.get("revoked_at") else "", "yellow"),
    ]


def _described(hook: Mapping[str, Any]) -> list[Line]:
    called = hook.get("last_called_at")
    lines: list[Line] = [
        [(hook["name"], "bold"), (f"  {hook.get('hint')}…", "dim")],
        [(f"  starts {hook.get('flow')} in {hook.get('environment') or 'no environment'}", "")],
        [(f"  at most {hook.get('per_minute')} calls a minute, last {local(called) if called else 'never'}", "")],
    ]
    lines += [[(f"  {name} from {path}", "")] for name, path in (hook.get("variables") or {}).items()]
    if hook.get("revoked_at"):
        lines.append([(f"  revoked {local(hook['revoked_at'])}", "yellow")])
    return lines
