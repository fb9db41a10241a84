"""Executions as if they had run: only what a test says about them matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from executions.models import Attempt, Execution, StepRun
from flows.models import Environment, FlowVersion
from flows.operations.save_environment import save_environment
from flows.operations.save_flow import save_flow
from tests.cast import make_workspace
from workspaces.models import Workspace

TEXT = (
    "flow: {{name: {name}, tags: [{tag}], description: '{note}', "
    "steps: [{{id: one, action: log, config: {{message: a}}}}]}}"
)
LETTERS = {"P": ("passed", 1), "R": ("passed", 2), "F": ("failed", 1), "S": ("skipped", 1), "C": ("cancelled", 1)}
_numbers = count(1)


@dataclass
class History:
    """One flow in one environment, whose runs are written down one after another."""

    workspace: Workspace
    version: FlowVersion
    environment: Environment
    at: datetime

    def run(self, letter: str = "P", *, after: timedelta = timedelta(minutes=10), **changes: Any) -> Execution:
        """An execution of one step that came to `letter`; `changes` go to the step run, `e_…` to the execution."""
        self.at += after
        of_execution = {name[2:]: changes.pop(name) for name in list(changes) if name.startswith("e_")}
        status, attempts = LETTERS[letter]
        failure = {"failure_kind": "assertion", "failure_code": "assertion"} if letter == "F" else {}
        ms = changes.pop("ms", 100)
        end = self.at + timedelta(milliseconds=ms)
        execution = Execution.objects.create(
            **{
                "workspace": self.workspace, "flow": self.version.flow, "flow_version": self.version,
                "flow_name": self.version.flow.name, "environment": self.environment,
                "environment_name": self.environment.name, "environment_revision": "r1", "trigger": "api",
                "actor": "alice", "status": {"failed": "failed", "cancelled": "cancelled"}.get(status, "passed"),
                "queued_at": self.at, "started_at": self.at, "finished_at": end,
                "failed_step_path": "steps/one" if letter == "F" else "",
                "failed_count": int(letter == "F"),
                "failure_message": "It failed." if letter == "F" else "",
                "recovered_count": int(letter == "R"), "retry_count": attempts - 1, **failure, **of_execution,
            }
        )  # fmt: skip
        self.step(execution, status=status, attempts=attempts, started_at=self.at, finished_at=end, **failure | changes)
        return execution

    def step(self, execution: Execution, *, attempts: int = 1, assertions: Any = None, **changes: Any) -> StepRun:
        step = StepRun.objects.create(
            **{
                "execution": execution, "flow": execution.flow, "flow_version": execution.flow_version,
                "environment": execution.environment, "path": "steps/one", "key": "steps/one", "step_id": "one",
                "section": "steps", "position": 0, "action": "http_request", "attempts": attempts,
                "started_at": execution.started_at, "finished_at": execution.finished_at, "status": "passed",
                "message": "It failed." if changes.get("status") == "failed" else "",
                "recovered": changes.get("status", "passed") == "passed" and attempts > 1, **changes,
            }
        )  # fmt: skip
        assert step.started_at is not None
        for number in range(1, attempts + 1):
            has_failed = step.status == "failed" or number < attempts
            Attempt.objects.create(
                step_run=step, number=number, fence=number, due_at=step.started_at, started_at=step.started_at,
                finished_at=step.finished_at, status="failed" if has_failed else step.status,
                failure_kind=(step.failure_kind or "timeout") if has_failed else "",
                failure_code=(step.failure_code or "read_timeout") if has_failed else "",
                failure_message=(step.message or "No answer.") if has_failed else "", assertions=assertions,
            )  # fmt: skip
        return step

    def play(self, letters: str, **changes: Any) -> list[Execution]:
        """A run for each letter; at `|` the flow gets a new version."""
        made = []
        for letter in letters:
            if letter == "|":
                self.new_version()
            else:
                made.append(self.run(letter, **changes))
        return made

    def new_version(self) -> None:
        self.version = save_version(self.workspace, self.version.flow.name, note=f"changed {next(_numbers)}")


def save_version(workspace: Workspace, name: str, *, tag: str = "smoke", note: str = "") -> FlowVersion:
    return save_flow(workspace=workspace, text=TEXT.format(name=name, tag=tag, note=note), by=None).version


def history(
    workspace: Workspace | None = None,
    *,
    name: str = "",
    environment: str = "staging",
    at: datetime | None = None,
    tag: str = "smoke",
) -> History:
    workspace = workspace or make_workspace("history")
    return History(
        workspace,
        save_version(workspace, name or f"Flow {next(_numbers)}", tag=tag),
        save_environment(workspace=workspace, name=environment, variables={}, by=None),
        at or timezone.now() - timedelta(days=2),
    )


def ids(executions: Sequence[Execution]) -> list[int]:
    return [one.pk for one in executions]
