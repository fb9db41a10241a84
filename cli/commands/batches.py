"""`stepwell batches`: one flow over the rows of a file; `stepwell run FILE --data rows.csv` starts one."""

import sys
import uuid
from typing import Annotated

import typer

from cli import report
from cli.batches import Batch, Following, exit_code, heading, outcomes_of, read_row_file, start_batch, verdict
from cli.client import Client
from cli.commands.run import ReportFiles, write_reports
from cli.errors import CliError, Exit, worst
from cli.orders import Wanted
from cli.screen import open_screen
from cli.server import connect
from cli.tables import Cell, table
from cli.telling import speaks_plainly, tell, warn
from cli.timetext import local

app = typer.Typer(help="Batches: one flow over the rows of a file.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The number of the batch.")]
Junit = Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE|-", help="Write the report as JSON; - is stdout.")]


def start_and_follow(
    targets: list[str], data: str, *, label_column: str, wanted: Wanted, parallel: int, files: ReportFiles, wait: bool
) -> Exit:
    rows = read_row_file(data)
    client, batch = start_batch(targets, rows, label_column=label_column, wanted=wanted, parallel=parallel, say=warn)
    if not wait:
        print(f"{batch['id']}  {batch['flow']}  {client.page_of(batch)}", flush=True)
        return Exit.PASSED
    return follow(client, batch, files)


def follow(client: Client, batch: Batch, files: ReportFiles) -> Exit:
    """Show it until it is over, and write the report files; the exit code is that of the worst row."""
    screen = open_screen(sys.stderr if files.is_stdout_taken else sys.stdout)
    try:
        screen.show([heading(batch, client.page_of(batch))])
        following = Following(client=client, screen=screen, batch=batch)
        try:
            batch, rows = following.finish()
        except KeyboardInterrupt:
            screen.show([[(f"Batch {batch['id']} goes on without us: {client.page_of(batch)}", "")]])
            return Exit.CANCELLED
        screen.status(following, None)
        screen.show([verdict(batch, client.page_of(batch))])
    finally:
        screen.close()
    code = exit_code(rows)
    try:
        if files.junit or files.json:
            write_reports(client, outcomes_of(client, batch, rows), files, is_list=True)
    except CliError as exc:
        tell(exc)
        code = worst([code, exc.exit_code])
    return code


@app.command("list")
@speaks_plainly
def list_batches(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most so many.")] = 20,
) -> None:
    """The most recent batches, newest first."""
    found = list(connect(warn).batches(limit))
    headings = ["id", "status", "flow", "rows", "passed", "failed", "file", "started"]
    rows = [_row(batch) for batch in found]
    open_screen().show(table(headings, rows) if rows else [[("There is no batch yet.", "")]])


@app.command("show")
@speaks_plainly
def show(batch: Number, junit: Junit = None, json: Json = None) -> None:
    """Follow a batch to its end, or show what came of it. Exit code as for `run`."""
    files = ReportFiles(junit=junit, json=json)
    files.check()
    client = connect(warn)
    raise SystemExit(int(follow(client, client.batch(batch), files)))


@app.command("rerun")
@speaks_plainly
def rerun(
    batch: Number,
    every: Annotated[bool, typer.Option("--all", help="Every row, not only those that did not pass.")] = False,
    junit: Junit = None,
    json: Json = None,
) -> None:
    """Run the rows again that did not pass, as a batch of their own, and wait for the verdict."""
    files = ReportFiles(junit=junit, json=json)
    files.check()
    client = connect(warn)
    body = {"only_failed": not every, "trigger": "cli"}
    started = client.rerun_batch(batch, body, idempotency_key=str(uuid.uuid4()))
    raise SystemExit(int(follow(client, started, files)))


@app.command("cancel")
@speaks_plainly
def cancel(batch: Number) -> None:
    """Let go of the rows that wait, and cancel what runs."""
    client = connect(warn)
    found = client.cancel_batch(batch)
    open_screen().show([[(f"Batch {batch} is being cancelled.  {client.page_of(found)}", "")]])


def _row(batch: Batch) -> list[Cell]:
    _, style, word = report.VERDICTS.get(batch["status"], ("", "", batch["status"]))
    counts = batch["counts"]
    return [
        (str(batch["id"]), "bold"),
        (word, style),
        (batch["flow"], ""),
        (str(counts["total"]), ""),
        (str(counts["passed"]), ""),
        (str(counts["failed"] + counts["timed_out"]), ""),
        (batch.get("source") or "–", "dim"),
        (local(batch.get("created_at")), ""),
    ]
