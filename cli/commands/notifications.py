"""`stepwell notifications`: who is told of which outcome, and what was delivered."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.client import Client
from cli.errors import WrongUse
from cli.found import named
from cli.jsonprint import print_json
from cli.screen import open_screen
from cli.secrets import read_secret
from cli.server import connect
from cli.tables import Cell, table
from cli.telling import speaks_plainly, warn
from cli.timetext import local

app = typer.Typer(help="Notifications: who is told of which outcome.", no_args_is_help=True)


class Kind(StrEnum):
    WEBHOOK = "webhook"
    SLACK = "slack"
    EMAIL = "email"


class Occasion(StrEnum):
    FAILURE = "failure"
    EVERY_FAILURE = "every_failure"
    RECOVERY = "recovery"
    FAILURES = "failures"


Target = Annotated[str, typer.Argument(metavar="TARGET", help="Name or number of a target.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
@speaks_plainly
def list_all(json: AsJson = False) -> None:
    """The targets, and the rules that lead to them."""
    client = connect(warn)
    targets, rules = list(client.notified("targets")), list(client.notified("rules"))
    if json:
        print_json({"targets": targets, "rules": rules})
        return
    screen = open_screen()
    if not targets:
        screen.show([[("There is no target yet. `stepwell notifications add-target` makes one.", "")]])
        return
    screen.show(table(["id", "target", "kind", "goes to"], [_target_row(one) for one in targets]))
    if rules:
        screen.show([[], *table(["id", "when", "of", "tells"], [_rule_row(one) for one in rules])])


@app.command("add-target")
@speaks_plainly
def add_target(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    kind: Annotated[Kind, typer.Option("--kind", "-k", help="What is sent there.")] = Kind.WEBHOOK,
) -> None:
    """Make a target. The key that signs what a webhook gets is printed alone on stdout, this once.

    Its address is asked for at the terminal, or read as a line from stdin: most of them are secrets.
    """
    body = {"name": name, "kind": kind.value, "address": read_secret("the address")}
    made = connect(warn).create_notified("targets", body, has="target")
    warn(f"{made['target']['name']} goes to {made['target']['hint']}")
    if made.get("signing_key"):
        print(made["signing_key"], flush=True)


@app.command("test")
@speaks_plainly
def test(target: Target) -> None:
    """Send it a message that says it is a test; the log says a moment later what came of it."""
    client = connect(warn)
    sent = client.test_target(_target(client, target)["id"])
    open_screen().show([[(f"Delivery {sent['id']} goes to {target}; `stepwell notifications log` has it.", "")]])


@app.command("delete-target")
@speaks_plainly
def delete_target(target: Target) -> None:
    """Delete a target with its rules and its log."""
    client = connect(warn)
    client.delete_notified("targets", _target(client, target)["id"])
    open_screen().show([[(f"{target} is told nothing any more.", "")]])


@app.command("add-rule")
@speaks_plainly
def add_rule(
    target: Target,
    occasion: Annotated[Occasion, typer.Option("--on", help="Which outcome it is told of.")] = Occasion.FAILURE,
    flow: Annotated[str | None, typer.Option("--flow", "-f", metavar="SLUG", help="Of this flow only.")] = None,
    schedule: Annotated[
        str | None, typer.Option("--schedule", "-s", metavar="NAME|ID", help="Of this schedule only.")
    ] = None,
    failures: Annotated[int, typer.Option("--failures", min=1, max=100, help="With --on failures: so many …")] = 3,
    of_last: Annotated[int, typer.Option("--of-last", min=1, max=100, help="… of the last so many.")] = 5,
) -> None:
    """Tell a target of an outcome: in one flow, of one schedule, or in the whole workspace."""
    client = connect(warn)
    body: dict[str, Any] = {"target": _target(client, target)["id"], "occasion": occasion.value, "flow": flow}
    if schedule is not None:
        body["schedule"] = named(client.schedules(), schedule, kind="schedule")["id"]
    body |= {"failures": failures, "of_last": of_last}
    made = client.create_notified("rules", body, has="id")
    open_screen().show(table(["id", "when", "of", "tells"], [_rule_row(made)]))


@app.command("delete-rule")
@speaks_plainly
def delete_rule(rule: Annotated[int, typer.Argument(metavar="ID", min=1, help="The number of the rule.")]) -> None:
    """Delete a rule; what it has told stays in the log."""
    connect(warn).delete_notified("rules", rule)
    open_screen().show([[(f"Rule {rule} is gone.", "")]])


@app.command("log")
@speaks_plainly
def log(
    status: Annotated[str | None, typer.Option("--status", metavar="pending|sent|failed", help="Only these.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most so many.")] = 20,
    json: AsJson = False,
) -> None:
    """What was delivered, newest first, and why not."""
    if status not in {None, "pending", "sent", "failed"}:
        raise WrongUse(f"--status: {status!r} is none.", "Say pending, sent or failed.")
    found = list(connect(warn).notified("deliveries", limit, status=status))
    if json:
        print_json(found)
        return
    headings = ["id", "status", "target", "about", "execution", "written", "tries", "what came of it"]
    rows = [_delivery_row(one) for one in found]
    open_screen().show(table(headings, rows) if rows else [[("Nothing was sent yet.", "")]])


@app.command("resend")
@speaks_plainly
def resend(delivery: Annotated[int, typer.Argument(metavar="ID", min=1, help="The number of the delivery.")]) -> None:
    """Send a delivery once more from the beginning, whatever became of it."""
    sent = connect(warn).send_again(delivery)
    open_screen().show([[(f"Delivery {delivery} goes to {sent['target_name']} again.", "")]])


def _target(client: Client, name: str) -> dict[str, Any]:
    return named(client.notified("targets"), name, kind="target")


def _target_row(target: Mapping[str, Any]) -> list[Cell]:
    return [(str(target["id"]), "dim"), (target["name"], "bold"), (target["kind"], ""), (target["hint"], "dim")]


def _rule_row(rule: Mapping[str, Any]) -> list[Cell]:
    what = str(rule["occasion"]).replace("_", " ")
    what += f", {rule['failures']} of the last {rule['of_last']}" if rule["occasion"] == Occasion.FAILURES else ""
    scope = f"flow {rule['flow']}" if rule.get("flow") else "the workspace"
    scope = f"schedule {rule['schedule_name']}" if rule.get("schedule_name") else scope
    return [(str(rule["id"]), "dim"), (what, ""), (scope, ""), (rule["target_name"], "bold")]


def _delivery_row(delivery: Mapping[str, Any]) -> list[Cell]:
    style = {"sent": "green", "failed": "red"}.get(delivery["status"], "")
    return [
        (str(delivery["id"]), "dim"),
        (delivery["status"], style),
        (delivery["target_name"], "bold"),
        (delivery["occasion"], ""),
        (str(delivery.get("execution") or "–"), ""),
        (local(delivery.get("created_at")), ""),
        (str(delivery.get("tries", 0)), ""),
        (delivery.get("answer") or "–", ""),
    ]
