"""One run as it is shown while it goes on."""

from collections.abc import Callable, Iterable
from typing import Any

from cli import report
from cli.errors import CliError, ServerUnreachable
from cli.records import FINAL, STEP_FINAL, Execution, Snapshot, StepRun
from cli.screen import Line, Screen
from cli.telling import lines_of

FetchStep = Callable[[str], dict[str, Any]]
Diagnose = Callable[[int], dict[str, Any]]


MOST_SHOWN = 8  # parts of the line that tells what is going on
MOST_TURNS = 20  # of longer loops the line with their counts is shown, and what failed in them


class Progress:
    """Shows each step when it is final; with `is_whole` all of them at the end, as several runs share the screen."""

    def __init__(
        self, screen: Screen, fetch_step: FetchStep, diagnose: Diagnose, *, file: str = "", is_whole: bool = False
    ) -> None:
        self._screen = screen
        self._fetch_step = fetch_step
        self._diagnose = diagnose
        self._file = file
        self._is_whole = is_whole
        self._kept: list[Line] = []
        self._shown: set[str] = set()
        self._page = ""
        self._is_partial = False

    def begin(self, execution: Execution, page: str) -> None:
        self._page = page
        self._show([report.title(execution, page)])
        self._screen.status(self, [(report.name_of(execution), ""), ("  waiting for a worker", "dim")])

    def see(self, snapshot: Snapshot) -> None:
        fresh = [s for s in snapshot["steps"] if s["status"] in STEP_FINAL and s["path"] not in self._shown]
        self._is_partial = not snapshot.get("is_whole", True)
        fresh = without_long_loops(fresh, snapshot["steps"])
        for step in sorted(fresh, key=lambda s: (s.get("finished_at") or "", s.get("position") or 0)):
            self._shown.add(step["path"])
            self._show(self._step(step))
        if snapshot["execution"]["status"] not in FINAL:
            self._screen.status(self, _now(snapshot))

    def lost(self, problem: ServerUnreachable | None) -> None:
        said = "The server answers again." if problem is None else f"{problem.message} Waiting for it; the run goes on."
        self._show([[("  ", ""), (said, "yellow")]])

    def end(self, execution: Execution) -> None:
        self._screen.status(self, None)
        why = diagnosis_of(self._diagnose, execution)
        left_out = [report.LEFT_OUT] if self._is_partial else []
        self._show([*left_out, *why, *report.verdict_reason(execution), report.verdict(execution, self._page)])
        self.close()

    def fail(self, problem: CliError) -> None:
        *before, last = lines_of(problem)
        self._show([*before, [("✗ ", "bold red"), *last]])
        self.close()

    def close(self) -> None:
        self._screen.status(self, None)
        if self._kept:
            self._screen.show([*self._kept, []])
            self._kept = []

    def _show(self, lines: Iterable[Line]) -> None:
        if self._is_whole:
            self._kept.extend(lines)
        else:
            self._screen.show(lines)

    def _step(self, step: StepRun) -> list[Line]:
        lines = [report.step_line(step)]
        if step["status"] == "failed":
            try:
                detail: dict[str, Any] | None = self._fetch_step(step["path"])
            except CliError:
                detail = None  # the step's own row still tells kind and message
            lines += report.failure_lines(step, detail, file=self._file)
        return lines


def diagnosis_of(diagnose: Diagnose, execution: Execution) -> list[Line]:
    """Of a step that failed; nothing where the server has none to give."""
    if execution["status"] != "failed" or not execution.get("failed_step"):
        return []
    try:
        return list(report.diagnosis_lines(diagnose(execution["id"])))
    except CliError:
        return []


def without_long_loops(steps: Iterable[StepRun], all_steps: Iterable[StepRun]) -> list[StepRun]:
    """Of a long loop what failed in it: the loop's own line has the counts."""
    long = {s["path"] for s in all_steps if (s.get("turns") or {}).get("total", 0) > MOST_TURNS}
    return [s for s in steps if s["status"] == "failed" or not is_inside(s["path"], long)]


def is_inside(path: str, loops: set[str]) -> bool:
    """Whether a step is in a turn of one of these."""
    return any(path[:at] in loops for at, character in enumerate(path) if character == "[")


def _now(snapshot: Snapshot) -> Line:
    execution = snapshot["execution"]
    total = (execution.get("counts") or {}).get("total") or 0
    # The total is of the flow's own steps: those inside them are counted by the step around them.
    done = sum(step["status"] in STEP_FINAL and step.get("parent") is None for step in snapshot["steps"])
    line: Line = [(report.name_of(execution), ""), (f"  {done}/{total}" if total else "", "dim")]
    if execution.get("cancel_requested_by"):
        line.append(("  cancelling", "magenta"))
    for step in snapshot["steps"]:
        if step["status"] == "retrying":
            line.append((f"  ↻ {step['path']} after attempt {step.get('attempts')}: {step.get('message')}", "yellow"))
        elif step["status"] in ("running", "pending") and len(line) < MOST_SHOWN:
            line.append((f"  {step['path']}", ""))
    return line
