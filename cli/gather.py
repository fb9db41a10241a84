"""Everything the report files say about one run, asked from the server once it has ended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cli.client import Client
from cli.errors import CliError
from cli.records import Execution, Report, StepRun
from cli.runs import Outcome

if TYPE_CHECKING:
    from flows.language.spec import FlowSpec

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class NeverReached:
    path: str
    action: str
    position: int


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """`details` holds the attempts of the steps that failed or were retried; `report` is DESIGN §7's object."""

    name: str
    execution: Execution | None
    steps: list[StepRun]
    report: Report
    problem: str = ""  # why there is no verdict
    file: str = ""
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    never_reached: list[NeverReached] = field(default_factory=list)


def gather(client: Client, outcome: Outcome, *, is_detailed: bool) -> Gathered:
    """Never fails: what the server does not tell any more is left out. `is_detailed` asks for what JUnit shows."""
    execution = outcome.last["execution"] if outcome.last else outcome.execution
    steps = _steps(client, outcome)
    problem = str(outcome.error) if outcome.error else "not waited for" if outcome.was_left else ""
    report = _report(client, outcome, execution, steps, problem)
    details: dict[str, dict[str, Any]] = {}
    never_reached: list[NeverReached] = []
    if is_detailed and execution is not None:
        details = _details(client, execution, steps)
        never_reached = _never_reached(client, execution, steps)
    return Gathered(
        name=(execution.get("flow_name") if execution else None) or outcome.order.name,
        execution=execution,
        steps=steps,
        report=report,
        problem=problem,
        file=outcome.order.file,
        details=details,
        never_reached=never_reached,
    )


def _steps(client: Client, outcome: Outcome) -> list[StepRun]:
    """All of them, also where the last snapshot had only the beginning of a long loop."""
    if outcome.last is None:
        return []
    shown = outcome.last["steps"]
    if outcome.last.get("is_whole", True):
        return shown
    number = outcome.last["execution"]["id"]
    return _asked(lambda: client.steps(number)) or shown


def _report(
    client: Client, outcome: Outcome, execution: Execution | None, steps: list[StepRun], problem: str
) -> Report:
    if execution is None:
        empty = {"id": None, "status": "not_started", "flow": outcome.order.name}
        unknown = {"environment": None, "duration_ms": None, "url": None}
        return {"execution": {**empty, **unknown, "error": problem}, "steps": []}
    found: Report | None = _asked(lambda: client.report(execution["id"]))
    if found is None:
        found = {"execution": dict(execution), "steps": [_bare(step) for step in steps]}
    found["execution"]["url"] = client.page_of(found["execution"])
    if problem:
        found["execution"]["error"] = problem
    return found


def _bare(step: StepRun) -> dict[str, Any]:
    names = ("path", "id", "action", "status", "attempts", "duration_ms", "failure")
    return {**{name: step.get(name) for name in names}, "assertions": [], "outputs": {}}


def _details(client: Client, execution: Execution, steps: list[StepRun]) -> dict[str, dict[str, Any]]:
    telling = [s["path"] for s in steps if s["status"] == "failed" or (s.get("attempts") or 0) > 1]
    found = {path: _asked(partial(client.step, execution["id"], path)) for path in telling}
    return {path: detail for path, detail in found.items() if detail is not None}


def _never_reached(client: Client, execution: Execution, steps: list[StepRun]) -> list[NeverReached]:
    """Steps have rows only from the moment they are due; the others are known from the text that ran.

    Of nested steps the step around them says how far it came.
    """
    spec = _asked(lambda: _spec(client, execution))
    if spec is None:
        return []
    from flows.language.plan import Plan, key_of  # slow to import

    plan, reached = Plan(spec), {key_of(step["path"]) for step in steps}
    planned = [step for section in ("setup", "steps", "teardown") for step in plan.section(section)]
    return [
        NeverReached(path=step.path, action=step.step.action, position=step.position)
        for step in planned
        if step.path not in reached
    ]


def _spec(client: Client, execution: Execution) -> "FlowSpec | None":
    from flows.language.check import check  # slow to import

    version = client.flow_version(execution["flow"], execution["flow_version"])
    return check(version["text"]).flow


def _asked(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except CliError:
        return None
