"""`stepwell executions`: what ran, why it failed, again, and stop."""

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli import report
from cli.analysis import analyse, analysis_lines
from cli.client import Client
from cli.commands.run import ReportFiles, run_and_report
from cli.errors import Exit, WrongUse
from cli.files import STDOUT, write_whole
from cli.jsonprint import print_json
from cli.places import in_document_order
from cli.progress import diagnosis_of, without_long_loops
from cli.records import Execution
from cli.runs import Order
from cli.screen import Line, open_screen
from cli.server import connect
from cli.tables import Cell, table
from cli.telling import speaks_plainly, warn
from cli.timetext import local, read_time
from cli.variables import parse_variables

app = typer.Typer(help="Executions: list, show, analyse, re-run, export, cancel.", no_args_is_help=True)


class Form(StrEnum):
    HTML = "html"
    JSON = "json"
    JUNIT = "junit"


Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The number of the execution.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
@speaks_plainly
def list_executions(
    flow: Annotated[str | None, typer.Option("--flow", "-f", metavar="SLUG", help="Of this flow.")] = None,
    status: Annotated[str | None, typer.Option("--status", "-s", help="In this status; several with commas.")] = None,
    env: Annotated[str | None, typer.Option("--env", "-e", metavar="NAME", help="In this environment.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Started since: a date, or 2h, 3d ago.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Started before.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most so many.")] = 20,
    json: AsJson = False,
) -> None:
    """The most recent executions, newest first."""
    client = connect(warn)
    found = list(
        client.executions(
            limit,
            flow=flow,
            status=status,
            environment=env,
            since=read_time(since, option="--since") if since else None,
            until=read_time(until, option="--until") if until else None,
        )
    )
    if json:
        print_json([_with_page(client, execution) for execution in found])
        return
    headings = ["id", "status", "flow", "version", "environment", "trigger", "started", "duration", "failed step"]
    rows = [_row(execution) for execution in found]
    open_screen().show(table(headings, rows) if rows else [[("There is no such execution.", "")]])


@app.command("show")
@speaks_plainly
def show(
    execution: Number,
    step: Annotated[
        str | None, typer.Option("--step", metavar="PATH", help="One step with all its attempts, as JSON.")
    ] = None,
    json: AsJson = False,
) -> None:
    """How an execution went, step by step, and why it failed."""
    client = connect(warn)
    if step is not None:
        print_json(client.step(execution, step, is_whole=True))
        return
    if json:
        found = client.report(execution)
        print_json({**found, "execution": _with_page(client, found["execution"])})
        return
    snapshot = client.snapshot(execution)
    page = client.page_of(snapshot["execution"])
    lines: list[Line] = [report.title(snapshot["execution"], page), *_origin(snapshot["execution"])]
    for one in in_document_order(without_long_loops(snapshot["steps"], snapshot["steps"])):
        lines.append(report.step_line(one))
        if one["status"] == "failed":
            lines += report.failure_lines(one, client.step(execution, one["path"]))
    if not snapshot.get("is_whole", True):
        lines.append(report.LEFT_OUT)
    lines += diagnosis_of(client.diagnosis, snapshot["execution"])
    lines += [*report.verdict_reason(snapshot["execution"]), report.verdict(snapshot["execution"], page)]
    open_screen().show(lines)


@app.command("analyse")
@speaks_plainly
def analyse_execution(
    execution: Number,
    anew: Annotated[
        bool, typer.Option("--anew", help="Ask, though there is an answer about the same failure.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Have a model say why it failed; each claim checked. Needs a key, and an admin's consent."""
    found = analyse(connect(warn), execution, anew=anew)
    if json:
        print_json(found)
    else:
        open_screen().show(list(analysis_lines(found)))
    if found["status"] != "done":
        raise typer.Exit(Exit.FAILED)


@app.command("rerun")
@speaks_plainly
def rerun(
    execution: Number,
    from_step: Annotated[
        str | None, typer.Option("--from-step", metavar="PATH", help="Begin at this step, with the variables it had.")
    ] = None,
    as_it_was: Annotated[
        bool, typer.Option("--as-it-was", help="The flow as it was then, instead of today's version.")
    ] = False,
    var: Annotated[
        list[str] | None, typer.Option("--var", "-v", metavar="K=V", help="Override a variable; K:=JSON is typed.")
    ] = None,
    junit: Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write the report as JSON; - is stdout.")
    ] = None,
) -> None:
    """Run the same flow again, in the same environment as it is now, with the same overrides; wait for the verdict.

    Exit codes as for `run`.
    """
    if from_step and as_it_was:
        raise WrongUse("--from-step takes the flow as it was already; leave --as-it-was out.")
    files = ReportFiles(junit=junit, json=json)
    files.check()
    variables = parse_variables(var or ())
    body: dict[str, Any] = {"mode": "from_step" if from_step else "as_it_was" if as_it_was else "today"}
    body |= {"from_step": from_step} if from_step else {}
    body |= {"trigger": "cli", "variables": {**variables.text, **variables.typed}}
    client, key = connect(warn), str(uuid.uuid4())

    def start(asking: Client) -> Execution:
        return asking.rerun(execution, body, idempotency_key=key)

    order = Order(name=f"re-run of {execution}", start=start)
    raise SystemExit(int(run_and_report(client, [order], files)))


@app.command("export")
@speaks_plainly
def export(
    execution: Number,
    form: Annotated[
        Form, typer.Option("--format", help="One page that opens without a network; everything as JSON; or JUnit.")
    ] = Form.HTML,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE|-", help="Where to write it; - is stdout.")
    ] = STDOUT,
) -> None:
    """Everything that is recorded of an execution, as one file."""
    client = connect(warn)
    write_whole(output, lambda file: client.export(execution, form.value, file))


@app.command("cancel")
@speaks_plainly
def cancel(execution: Number) -> None:
    """Stop an execution: its running step is aborted, its teardown still runs."""
    client = connect(warn)
    found = client.cancel(execution)
    said = "is cancelled" if found["status"] == "cancelled" else "is being cancelled; its teardown still runs"
    open_screen().show([[(f"Execution {execution} {said}.  {client.page_of(found)}", "")]])


def _row(execution: Execution) -> list[Cell]:
    _, style, word = report.VERDICTS.get(execution["status"], ("", "", execution["status"]))
    return [
        (str(execution["id"]), "bold"),
        (word, style),
        (execution.get("flow") or "", ""),
        (f"v{execution.get('flow_version')}", ""),
        (execution.get("environment") or "–", ""),
        (f"{execution.get('trigger')} {_first_name(execution.get('actor'))}".strip(), "dim"),
        (local(execution.get("started_at") or execution.get("queued_at")), ""),
        (report.duration(execution.get("duration_ms")), ""),
        (execution.get("failed_step") or "", ""),
    ]


def _first_name(actor: str | None) -> str:
    """Without the token or the schedule in brackets: a list has room for who, `show` for how."""
    return (actor or "").partition(" (")[0]


def _origin(execution: Execution) -> list[Line]:
    """Where it came from: who started it when, and what it repeats."""
    said = f"  {execution.get('trigger')} {execution.get('actor') or ''}".rstrip()
    said += f", {local(execution.get('started_at') or execution.get('queued_at'))}"
    if execution.get("rerun_of"):
        said += f", re-run of {execution['rerun_of']} ({execution.get('rerun_mode') or 'today'})"
    if called_by := execution.get("called_by"):
        said += f", run by {called_by['step']} of {called_by['execution']}"
    labels = " ".join(f"{name}={value}" for name, value in (execution.get("labels") or {}).items())
    return [[(said, "dim"), (f"  {labels}" if labels else "", "cyan")]]


def _with_page(client: Client, execution: Mapping[str, Any]) -> dict[str, Any]:
    return {**execution, "url": client.page_of(execution)}
