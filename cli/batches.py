"""`stepwell run FILE --data rows.csv`: one flow over the rows of a file, followed to its end."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli import report
from cli.client import Client
from cli.errors import CliError, Exit, FlowRefused, ServerRefused, WrongUse, worst
from cli.orders import Wanted, save_target
from cli.runs import EXIT_OF_STATUS, Order, Outcome
from cli.screen import Line, Screen
from cli.server import connect
from cli.targets import find_targets

FORMATS = {".csv": "csv", ".json": "json"}
LARGEST = 2 * 1024 * 1024
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 2.0  # seconds between two looks

Batch = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RowFile:
    path: str
    text: str
    format: str


def read_row_file(path: str) -> RowFile:
    """Raises WrongUse."""
    kind = FORMATS.get(Path(path).suffix.lower())
    if kind is None:
        raise WrongUse(f"--data {path}: its name must end in .csv or .json.")
    try:
        content = Path(path).read_bytes()
    except OSError as exc:
        raise WrongUse(f"--data {path} cannot be read: {exc.strerror or type(exc).__name__}.") from exc
    if len(content) > LARGEST:
        raise WrongUse(f"--data {path} has {len(content)} bytes; it may have {LARGEST}.", "Split the file.")
    try:
        return RowFile(path=path, text=content.decode("utf-8-sig"), format=kind)
    except UnicodeDecodeError as exc:
        raise WrongUse(f"--data {path} is not UTF-8 (byte {exc.start}).", "Save it as UTF-8.") from exc


def start_batch(
    names: list[str], rows: RowFile, *, label_column: str, wanted: Wanted, parallel: int, say: Callable[[str], None]
) -> tuple[Client, Batch]:
    """Raises WrongUse unless one flow is named, and FlowRefused with every mistake of the rows."""
    found = find_targets(names, tags=())
    if len(found) != 1:
        raise WrongUse(f"--data goes with one flow, and {len(found)} are named.")
    client = connect(say)
    body: dict[str, Any] = {
        **save_target(client, found[0], wanted, say),
        "data": rows.text,
        "format": rows.format,
        "source": Path(rows.path).name,
        "label_column": label_column,
        "parallel": parallel,
    }
    sent = {name: value for name, value in body.items() if value not in (None, {}, "")}
    try:
        return client, client.start_batch({"data": "", **sent}, idempotency_key=str(uuid.uuid4()))
    except ServerRefused as exc:
        mistakes = exc.detail.get("mistakes")
        if not mistakes:
            raise
        raise FlowRefused("The rows cannot be run; nothing was started.", list(_lines(rows.path, mistakes))) from exc


def _lines(path: str, mistakes: list[Mapping[str, Any]]) -> Iterator[str]:
    for one in mistakes:
        places = [f"row {one['row']}" if one.get("row") else "", f"column {one['column']}" if one.get("column") else ""]
        place = ", ".join(filter(None, places))
        yield f"{path}: {place}: {one['message']}" if place else f"{path}: {one['message']}"


@dataclass(kw_only=True)
class Following:
    """Shows each row as it ends. `finish` returns the batch and its rows; Ctrl-C cancels it, twice leaves it."""

    client: Client
    screen: Screen
    batch: Batch
    _shown: set[int] = field(default_factory=set)
    _cancelled: bool = False

    def finish(self) -> tuple[Batch, list[Row]]:
        pause, seen = SHORTEST_PAUSE, (-1, "")
        while True:
            try:
                self.batch = self.client.batch(self.batch["id"])
                now = (_ended(self.batch), self.batch["status"])  # it is over a moment after its last row
                if now != seen:
                    seen, pause = now, SHORTEST_PAUSE
                    rows = list(self.client.batch_rows(self.batch["id"]))
                    self._show(rows)
                    if self.batch["status"] != "running":
                        return self.batch, rows
                self.screen.status(self, [(f"{now[0]} of {self.batch['counts']['total']} rows", "dim")])
                time.sleep(pause)
                pause = min(pause * 1.3, LONGEST_PAUSE)
            except KeyboardInterrupt:
                if self._cancelled:
                    raise
                self._cancelled = True
                self.screen.show([[("Cancelling the batch. Press Ctrl-C again to leave it.", "yellow")]])
                self.client.cancel_batch(self.batch["id"])

    def _show(self, rows: list[Row]) -> None:
        for row in rows:
            status = status_of(row)
            if status in EXIT_OF_STATUS and row["number"] not in self._shown:
                self._shown.add(row["number"])
                self.screen.show(_row_lines(row, status))


def status_of(row: Row) -> str:
    """What became of a row: its execution's status, or `failed` where none could be started."""
    if row["status"] == "started":
        return str((row.get("execution") or {"status": "failed"})["status"])
    return str(row["status"])


def exit_code(rows: list[Row]) -> Exit:
    """Of the worst row; one that failed in quarantine only stops nobody."""
    return worst(
        [Exit.PASSED if excuse_of(row) else EXIT_OF_STATUS.get(status_of(row), Exit.CANCELLED) for row in rows]
    )


def excuse_of(row: Row) -> str:
    """Why its failure stops nobody for now; empty otherwise."""
    return str((row.get("execution") or {}).get("quarantined") or "")


def outcomes_of(client: Client, batch: Batch, rows: list[Row]) -> list[Outcome]:
    """Each row as a run of its own, for the report files."""
    return [_outcome(client, batch, row) for row in rows]


def _outcome(client: Client, batch: Batch, row: Row) -> Outcome:
    def never(_: Client) -> Any:
        raise AssertionError("it was started by its batch")

    outcome = Outcome(order=Order(name=f"{batch['flow_name']} {title(row)}", start=never))
    execution = row.get("execution")
    if execution is None:
        outcome.error = WrongUse(row.get("reason") or "The row was not run.")
        return outcome
    try:
        outcome.last = client.snapshot(execution["id"])
        outcome.execution = outcome.last["execution"]
        outcome.execution["flow_name"] = outcome.order.name
    except CliError as exc:
        outcome.error = exc
    return outcome


def title(row: Row) -> str:
    return f"row {row['number']}" + (f" ({row['label']})" if row.get("label") else "")


def heading(batch: Batch, page: str) -> Line:
    parts = [f"v{batch['flow_version']}", batch.get("environment") or "", f"batch {batch['id']}"]
    said = f"  {' · '.join(filter(None, parts))} · {batch['counts']['total']} rows of {batch.get('source') or 'a file'}"
    return [(batch["flow_name"], "bold"), (said, ""), (f"  {page}", "dim")]


def verdict(batch: Batch, page: str) -> Line:
    counts = batch["counts"]
    names = {"passed": "passed", "failed": "failed", "timed_out": "timed out", "cancelled": "cancelled"}
    said = ", ".join(f"{counts[key]} {name}" for key, name in names.items() if counts.get(key))
    sign, style, word = report.VERDICTS.get(batch["status"], ("?", "", batch["status"]))
    said += f" ({counts['quarantined']} in quarantine)" if counts.get("quarantined") else ""
    took = f" in {report.duration(batch.get('duration_ms'))}"
    return [(f"{sign} {word}  ", style), (batch["flow_name"], "bold"), (f": {said}{took}", ""), (f"  {page}", "dim")]


def _row_lines(row: Row, status: str) -> Iterator[Line]:
    sign, style, word = report.VERDICTS.get(status, ("?", "", status))
    execution = row.get("execution") or {}
    took = f"  {report.duration(execution['duration_ms'])}" if execution.get("duration_ms") is not None else ""
    yield [
        (f"  {sign} {word}  ", style),
        (title(row), ""),
        (took, "dim"),
        (f"  #{execution['id']}" if execution else "", "dim"),
    ]
    why = row.get("reason") or execution.get("failure_message")
    if why and status != "passed":
        step = f"{execution['failed_step']}: " if execution.get("failed_step") else ""
        yield [(f"      {step}{why}", "red")]
    if excuse := excuse_of(row):
        yield [("      passed with quarantined failure: ", "yellow"), (excuse, "")]


def _ended(batch: Batch) -> int:
    counts = batch["counts"]
    return sum(counts[name] for name in ("passed", "failed", "timed_out", "cancelled"))
