"""`stepwell schedules`: flows that run by themselves."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli import report
from cli.client import Client
from cli.errors import WrongUse
from cli.found import named
from cli.jsonprint import print_json
from cli.report import value_text
from cli.screen import Line, open_screen
from cli.server import connect
from cli.tables import Cell, table
from cli.telling import speaks_plainly, warn
from cli.timetext import local
from cli.variables import parse_labels, parse_variables

app = typer.Typer(help="Schedules: flows that run by themselves.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME|ID", help="The schedule.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Flow = Annotated[str | None, typer.Option("--flow", "-f", metavar="SLUG", help="The flow to run.")]
Cron = Annotated[
    str | None, typer.Option("--cron", "-c", metavar="LINE", help="Five fields ('0 6 * * MON-FRI'), or @daily.")
]
Every = Annotated[str | None, typer.Option("--every", metavar="15m", help="At an interval, instead of a cron line.")]
Zone = Annotated[str | None, typer.Option("--timezone", "-z", metavar="ZONE", help="Such as Europe/Berlin.")]
Env = Annotated[str | None, typer.Option("--env", "-e", metavar="NAME", help="The environment to run in.")]
Var = Annotated[list[str] | None, typer.Option("--var", "-v", metavar="K=V", help="Override a variable.")]
Label = Annotated[list[str] | None, typer.Option("--label", "-l", metavar="K=V", help="Label its executions.")]
Missed = Annotated[
    str | None, typer.Option("--misfire", metavar="skip|once|catch_up", help="What becomes of missed times.")
]
CatchUp = Annotated[int | None, typer.Option("--catch-up", min=1, max=100, help="How many, under catch_up.")]
Overlap = Annotated[
    str | None, typer.Option("--overlap", metavar="skip|queue|allow|cancel", help="While the run before goes on.")
]
Jitter = Annotated[str | None, typer.Option("--jitter", metavar="30s", help="Start up to so much later, at random.")]
Description = Annotated[str | None, typer.Option("--description", help="What it is for.")]


@app.command("list")
@speaks_plainly
def list_schedules(flow: Flow = None, json: AsJson = False) -> None:
    """The schedules of the workspace."""
    found = list(connect(warn).schedules(flow=flow))
    if json:
        print_json(found)
        return
    headings = ["id", "schedule", "flow", "when", "environment", "next", "last"]
    rows = [_row(schedule) for schedule in found]
    open_screen().show(table(headings, rows) if rows else [[("There is no schedule yet.", "")]])


@app.command("show")
@speaks_plainly
def show(name: Name, json: AsJson = False) -> None:
    """When it runs next, what it starts, and what became of its last times."""
    found = find(connect(warn), name)
    if json:
        print_json(found)
        return
    open_screen().show(_described(found))


@app.command("create")
@speaks_plainly
def create(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    flow: Flow = None,
    cron: Cron = None,
    every: Every = None,
    timezone: Zone = None,
    env: Env = None,
    var: Var = None,
    label: Label = None,
    misfire: Missed = None,
    catch_up: CatchUp = None,
    overlap: Overlap = None,
    jitter: Jitter = None,
    description: Description = None,
) -> None:
    """Make a schedule; it first runs at its first time after now."""
    if flow is None:
        raise WrongUse("A schedule needs a flow.", "Name one with --flow SLUG; `stepwell flows list` shows them.")
    body = _body(
        flow=flow, cron=cron, every=every, timezone=timezone, environment=env, var=var, label=label, misfire=misfire,
        catch_up=catch_up, overlap=overlap, jitter=jitter, description=description,
    )  # fmt: skip
    open_screen().show(_described(connect(warn).create_schedule({"name": name, **body})))


@app.command("edit")
@speaks_plainly
def edit(
    name: Name,
    rename: Annotated[str | None, typer.Option("--name", help="Call it otherwise.")] = None,
    flow: Flow = None,
    cron: Cron = None,
    every: Every = None,
    timezone: Zone = None,
    env: Annotated[str | None, typer.Option("--env", "-e", metavar="NAME", help="'' for none.")] = None,
    var: Annotated[
        list[str] | None, typer.Option("--var", "-v", metavar="K=V", help="All of them anew; one '' for none.")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", "-l", metavar="K=V", help="All of them anew; one '' for none.")
    ] = None,
    misfire: Missed = None,
    catch_up: CatchUp = None,
    overlap: Overlap = None,
    jitter: Jitter = None,
    description: Description = None,
) -> None:
    """Change what is named; the rest stays."""
    body = _body(
        name=rename, flow=flow, cron=cron, every=every, timezone=timezone, environment=env, var=var, label=label,
        misfire=misfire, catch_up=catch_up, overlap=overlap, jitter=jitter, description=description,
    )  # fmt: skip
    if not body:
        raise WrongUse("There is nothing to change.", "Name what is to be otherwise, such as --cron '0 7 * * *'.")
    client = connect(warn)
    open_screen().show(_described(client.edit_schedule(find(client, name), body)))


@app.command("pause")
@speaks_plainly
def pause(name: Name, note: Annotated[str, typer.Option("--note", "-n", help="Why, for others to read.")] = "") -> None:
    """Let it rest until it is resumed. What runs goes on."""
    client = connect(warn)
    open_screen().show(_described(client.pause_schedule(find(client, name)["id"], note)))


@app.command("resume")
@speaks_plainly
def resume(name: Name) -> None:
    """Let it go on, with its first time after now."""
    client = connect(warn)
    open_screen().show(_described(client.resume_schedule(find(client, name)["id"])))


@app.command("run")
@speaks_plainly
def run(name: Name) -> None:
    """Start it once, at once, beside its times; also while it is paused."""
    client = connect(warn)
    execution = client.run_schedule(find(client, name)["id"])
    print(f"{execution['id']}  {execution.get('flow')}  {client.page_of(execution)}", flush=True)


@app.command("delete")
@speaks_plainly
def delete(name: Name) -> None:
    """Delete it; its executions stay."""
    client = connect(warn)
    found = find(client, name)
    client.delete_schedule(found["id"])
    open_screen().show([[(f"The schedule {found['name']} is deleted.", "")]])


@app.command("slots")
@speaks_plainly
def slots(
    name: Name,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most so many.")] = 20,
    json: AsJson = False,
) -> None:
    """What became of its times, newest first: started, waiting, skipped or failed, and why."""
    client = connect(warn)
    found = list(client.slots(find(client, name)["id"], limit))
    if json:
        print_json(found)
        return
    headings = ["time", "became", "execution", "why"]
    rows = [_slot_row(slot) for slot in found]
    open_screen().show(table(headings, rows) if rows else [[("None of its times has come yet.", "")]])


def find(client: Client, name: str) -> dict[str, Any]:
    """By its name, else by its number. Raises NotThere."""
    by_name = next(client.schedules(name=name), None)
    return by_name or named(client.schedules(), name, kind="schedule")


def _body(
    *, every: str | None, jitter: str | None, var: list[str] | None, label: list[str] | None, **plain: Any
) -> dict[str, Any]:
    """What the API takes, of what was said."""
    body = {key: value for key, value in plain.items() if value is not None}
    if "environment" in body:
        body["environment"] = body["environment"] or None
    if every is not None:
        body["interval_seconds"] = _seconds("--every", every)
    if jitter is not None:
        body["jitter_seconds"] = _seconds("--jitter", jitter)
    if var is not None:
        variables = parse_variables([one for one in var if one])
        body |= {"variables": variables.typed, "text_variables": variables.text}
    if label is not None:
        body["labels"] = parse_labels([one for one in label if one])
    return body


def _seconds(option: str, text: str) -> int:
    from flows.language.durations import BadDuration, parse_duration

    try:
        return round(parse_duration(text))
    except BadDuration as exc:
        raise WrongUse(f"{option}: {exc}") from exc


def _row(schedule: Mapping[str, Any]) -> list[Cell]:
    coming = schedule.get("next_runs") or ()
    last = next(iter(schedule.get("last_slots") or ()), None)
    following = "paused" if schedule.get("is_paused") else local(coming[0]["at"]) if coming else "never"
    return [
        (str(schedule["id"]), "dim"),
        (schedule["name"], "bold"),
        (schedule.get("flow") or "", ""),
        (schedule.get("cron") or schedule.get("in_words") or "", ""),
        (schedule.get("environment") or "–", ""),
        (following, "yellow" if schedule.get("is_paused") else ""),
        _became(last) if last else ("–", "dim"),
    ]


def _became(slot: Mapping[str, Any]) -> Cell:
    """A slot in a word: of one that was started, what came of its execution."""
    status = (slot.get("execution") or {}).get("status") or slot["status"]
    _, style, word = report.VERDICTS.get(status, ("", "", status))
    return (word, "red" if slot["status"] == "failed" else style)


def _slot_row(slot: Mapping[str, Any]) -> list[Cell]:
    time = local(slot["slot_at"])
    if slot.get("last_slot_at"):
        time += f" to {local(slot['last_slot_at'])} ({slot.get('count') or 'over 1000'})"
    execution = slot.get("execution")
    why = slot.get("reason") or ("by hand" if slot.get("is_manual") else "")
    return [(time, ""), _became(slot), (str(execution["id"]) if execution else "–", "bold"), (why, "dim")]


def _described(schedule: Mapping[str, Any]) -> list[Line]:
    lines: list[Line] = [
        [(schedule["name"], "bold"), (f"  {schedule.get('description') or ''}", "dim")],
        [(f"  {schedule.get('in_words')}", ""), (f"  {schedule.get('cron') or ''}", "dim")],
        [(f"  runs {schedule.get('flow')} in {schedule.get('environment') or 'no environment'}", "")],
        [
            (f"  missed times: {schedule.get('misfire')}, overlap: {schedule.get('overlap')}", ""),
            (f", up to {schedule['jitter_seconds']} s later" if schedule.get("jitter_seconds") else "", ""),
        ],
    ]
    given = {**(schedule.get("variables") or {}), **(schedule.get("text_variables") or {})}
    lines += [[(f"  {name} = ", ""), (value_text(value), "")] for name, value in given.items()]
    if schedule.get("trouble"):
        lines.append([(f"  {schedule['trouble']}", "red")])
    if schedule.get("is_paused"):
        note = f": {schedule['pause_note']}" if schedule.get("pause_note") else ""
        lines.append([(f"  paused by {schedule.get('paused_by')}{note}", "yellow")])
        return lines
    notes = {"after_gap": "the clocks have just gone forward", "repeated": "the first of two such times"}
    for run in schedule.get("next_runs") or ():
        lines.append([(f"  next  {local(run['at'])}", ""), (f"  {notes.get(run.get('note') or '', '')}", "dim")])
    return lines
