"""`stepwell run`: check, save, run, show, and give a verdict a script can read."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.client import Client
from cli.errors import CliError, Exit, WrongUse, worst
from cli.files import STDOUT, write_whole
from cli.orders import Wanted, prepare
from cli.runs import Order, Outcome, Runs
from cli.screen import Screen, open_screen
from cli.telling import speaks_plainly, tell, warn
from cli.variables import parse_labels, parse_variables


@dataclass(frozen=True, kw_only=True)
class ReportFiles:
    junit: str | None
    json: str | None

    def check(self) -> None:
        """Raises WrongUse for a file that could not be written, before anything is started."""
        if self.junit == STDOUT and self.json == STDOUT:
            raise WrongUse("Only one of --junit and --json can go to stdout.")
        for path in (self.junit, self.json):
            if path is not None and path != STDOUT and not _can_be_written(Path(path)):
                raise WrongUse(f"{path} cannot be written.", "Name a file in a folder that exists and can be written.")

    @property
    def is_stdout_taken(self) -> bool:
        return STDOUT in (self.junit, self.json)


@speaks_plainly
def run(
    targets: Annotated[list[str], typer.Argument(metavar="FILE|DIR|SLUG", help="Flow files, folders, saved flows.")],
    env: Annotated[str | None, typer.Option("--env", "-e", metavar="NAME", help="The environment to run in.")] = None,
    var: Annotated[
        list[str] | None, typer.Option("--var", "-v", metavar="K=V", help="Override a variable; K:=JSON is typed.")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", "-l", metavar="K=V", help="Label the execution (commit, branch, …).")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", "-t", metavar="T", help="Only flow files with this tag (or another).")
    ] = None,
    timeout: Annotated[
        str | None, typer.Option("--timeout", metavar="5m", help="The flow's deadline, instead of its own.")
    ] = None,
    junit: Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write a JUnit report.")] = None,
    json: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write the report as JSON; - is stdout.")
    ] = None,
    parallel: Annotated[int, typer.Option("--parallel", "-p", min=1, max=64, help="Runs at the same time.")] = 4,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the verdict, or only start.")] = True,
    data: Annotated[
        str | None, typer.Option("--data", metavar="FILE", help="Run it once for each row of a CSV or JSON file.")
    ] = None,
    row_label: Annotated[
        str, typer.Option("--row-label", metavar="COLUMN", help="The column that names a row, with --data.")
    ] = "",
) -> None:
    """Run flows and wait for their verdict.

    Exit code: 0 passed, 1 failed, 2 invalid flow or usage, 3 timed out, 4 cancelled, 5 server unreachable. Of several
    runs the worst counts, in the order 5, 2, 3, 1, 4.
    """
    wanted = Wanted(
        environment=env,
        variables=parse_variables(var or ()),
        labels=parse_labels(label or ()),
        timeout_seconds=_seconds(timeout),
    )
    files = ReportFiles(junit=junit, json=json)
    files.check()
    if not wait and (junit or json):
        raise WrongUse("--no-wait knows no result, so there is nothing for --junit or --json to hold.")
    if data is not None:
        if tag:
            raise WrongUse("--data goes with one flow, so there is nothing for --tag to choose.")
        from cli.commands.batches import start_and_follow

        code = start_and_follow(
            targets, data, label_column=row_label, wanted=wanted, parallel=parallel, files=files, wait=wait
        )
        raise SystemExit(int(code))
    client, orders = prepare(targets, tags=tag or (), wanted=wanted, say=warn)
    if not wait:
        raise SystemExit(int(_only_start(client, orders)))
    raise SystemExit(int(run_and_report(client, orders, files, parallel=parallel)))


def run_and_report(client: Client, orders: Sequence[Order], files: ReportFiles, *, parallel: int = 4) -> Exit:
    """Make the runs, show them, write the report files; the exit code is the verdict."""
    from cli import report

    began = time.monotonic()
    screen = open_screen(sys.stderr if files.is_stdout_taken else sys.stdout)
    runs = Runs(client=client, screen=screen, orders=orders, parallel=parallel)
    try:
        outcomes = runs.finish()
    finally:
        screen.close()  # it gives the terminal its cursor back
    if len(orders) > 1:
        ended = [o.last["execution"] for o in outcomes if o.last and not o.error and not o.was_left]
        seconds = time.monotonic() - began
        screen.show([report.summary(ended, unfinished=len(outcomes) - len(ended), seconds=seconds)])
    _say_what_goes_on(client, screen, runs)
    code = runs.exit_code(outcomes)
    if runs.was_left:
        return code
    try:
        write_reports(client, outcomes, files, is_list=len(outcomes) > 1)
    except CliError as exc:
        tell(exc)
        code = worst([code, exc.exit_code])
    return code


def _only_start(client: Client, orders: Sequence[Order]) -> Exit:
    codes = []
    for order in orders:
        try:
            execution = order.start(client)
            print(f"{execution['id']}  {order.name}  {client.page_of(execution)}", flush=True)
            codes.append(Exit.PASSED)
        except CliError as exc:
            tell(exc)
            codes.append(exc.exit_code)
    return worst(codes)


def _say_what_goes_on(client: Client, screen: Screen, runs: Runs) -> None:
    if not runs.is_interrupted:
        return
    for execution in runs.unfinished:
        said = f"Execution {execution['id']} was told to stop and finishes on the server: {client.page_of(execution)}"
        screen.show([[(said, "")]])


def write_reports(client: Client, outcomes: Sequence[Outcome], files: ReportFiles, *, is_list: bool) -> None:
    """Raises CliError when a file cannot be written."""
    if not files.junit and not files.json:
        return
    from cli.gather import gather
    from cli.jsonreport import json_report
    from cli.junit import junit_xml

    gathered = [gather(client, outcome, is_detailed=bool(files.junit)) for outcome in outcomes]
    if files.junit:
        junit = junit_xml(gathered)
        write_whole(files.junit, lambda file: file.write(junit))
    if files.json:
        written = json_report(gathered, is_list=is_list)
        write_whole(files.json, lambda file: file.write(written))


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    from flows.language.durations import BadDuration, parse_duration

    try:
        return parse_duration(text)
    except BadDuration as exc:
        raise WrongUse(f"--timeout: {exc}") from exc


def _can_be_written(path: Path) -> bool:
    return not path.is_dir() and os.access(path if path.exists() else path.parent, os.W_OK)
