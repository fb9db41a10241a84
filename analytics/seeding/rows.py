"""Made-up runs as rows of the record, masked and shaped as the workers write them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models

from analytics.seeding.bodies import assertions_of, exchange_of
from analytics.seeding.copying import Table, next_ids, quoted
from analytics.seeding.simulate import SeedRun, SeedStepRun
from executions.models import Attempt, Execution, Move, Payload, StepRun
from flows.language import jsontext
from flows.models import Environment, FlowVersion

RETRY_MS: Final = 1000


_EXECUTION: Final = (
    "id", "workspace_id", "flow_id", "flow_version_id", "flow_name", "environment_id", "environment_name",
    "environment_revision", "labels", "trigger", "actor", "status", "phase", "outcome", "steps_total", "passed_count",
    "failed_count", "skipped_count", "cancelled_count", "retry_count", "recovered_count", "queued_at", "started_at",
    "finished_at", "event_number", "failed_step_path", "failure_kind", "failure_code", "failure_message",
)  # fmt: skip
_STEP_RUN: Final = (
    "id", "execution_id", "flow_id", "flow_version_id", "environment_id", "path", "key", "step_id", "section",
    "position", "action", "status", "started_at", "finished_at", "attempts", "fence", "skip_reason", "failure_kind",
    "failure_code", "message", "recovered", "asserted", "protocol", "service", "operation", "route",
)  # fmt: skip
_ATTEMPT: Final = (
    "id", "step_run_id", "number", "fence", "status", "due_at", "started_at", "finished_at", "failure_kind",
    "failure_code", "failure_message", "assertions",
)  # fmt: skip
_PAYLOAD: Final = (
    "attempt_id", "created_at", "request", "response", "request_size", "response_size", "content_type",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The rows that the runs hang on."""

    workspace_id: int
    versions: Mapping[tuple[str, int], FlowVersion]  # by the flow's name and the version's number
    environments: Mapping[str, Environment]
    revisions: Mapping[tuple[str, int], str]


@dataclass
class Writer:
    """Turns runs into lines of COPY, a batch at a time."""

    place: Place
    with_bodies: bool
    into: Mapping[type[models.Model], str] = field(default_factory=dict)  # other tables than the models' own
    ids: Callable[[type[models.Model], int], Sequence[int]] = next_ids
    executions: Table = field(init=False)
    step_runs: Table = field(init=False)
    attempts: Table = field(default_factory=lambda: Table(Attempt, _ATTEMPT))
    payloads: Table = field(default_factory=lambda: Table(Payload, _PAYLOAD))
    moves: Table = field(default_factory=lambda: Table(Move, ("id", "execution_id", "at", "old", "new")))

    def __post_init__(self) -> None:
        self.executions = Table(Execution, _EXECUTION, name=self.into.get(Execution, ""))
        self.step_runs = Table(StepRun, _STEP_RUN, name=self.into.get(StepRun, ""))

    def write(self, runs: Sequence[SeedRun]) -> int:
        """COPY a batch in the caller's transaction. How many step runs that were."""
        steps = [one for run in runs for one in run.steps]
        ids = self.ids(Execution, len(runs))
        step_ids = self.ids(StepRun, len(steps))
        self.executions.copy(self._execution(run, pk) for run, pk in zip(runs, ids, strict=True))
        of = [(pk, run) for run, pk in zip(runs, ids, strict=True) for _ in run.steps]
        self.step_runs.copy(
            self._step(step, pk, step_id, run) for step, step_id, (pk, run) in zip(steps, step_ids, of, strict=True)
        )
        if self.with_bodies:
            self._write_attempts([(step, pk, run) for step, pk, (_, run) in zip(steps, step_ids, of, strict=True)])
            self.moves.copy(self._moves(runs, ids))
        return len(steps)

    def _execution(self, run: SeedRun, pk: int) -> str:
        version, failed = self.place.versions[(run.flow.name, run.version)], run.failed
        trouble = failed.trouble if failed else None
        environment = self.place.environments[run.environment]
        return self.executions.line(
            {
                "id": pk,
                "workspace_id": self.place.workspace_id,
                "flow_id": version.flow_id,
                "flow_version_id": version.pk,
                "flow_name": quoted(run.flow.name),
                "environment_id": environment.pk,
                "environment_name": run.environment,
                "environment_revision": self.place.revisions[(run.environment, run.revision)],
                "labels": _labels(run, pk),
                "trigger": run.trigger,
                "actor": run.actor,
                "status": run.status,
                "phase": run.steps[-1].step.section,
                "outcome": run.status,
                "steps_total": len(run.flow.steps),
                "passed_count": sum(one.status == "passed" for one in run.steps),
                "failed_count": sum(one.status == "failed" for one in run.steps),
                "skipped_count": sum(one.status == "skipped" for one in run.steps),
                "cancelled_count": sum(one.status == "cancelled" for one in run.steps),
                "retry_count": sum(one.attempts - 1 for one in run.steps),
                "recovered_count": sum(one.recovered for one in run.steps),
                "queued_at": run.queued_at,
                "started_at": run.started_at,
                "finished_at": run.finished_at,
                "event_number": 2 + 2 * len(run.steps),
                "failed_step_path": failed.step.key if failed else "",
                "failure_kind": trouble.kind if trouble else "",
                "failure_code": trouble.code if trouble else "",
                "failure_message": quoted(trouble.message) if trouble else "",
            }
        )

    def _step(self, step: SeedStepRun, execution_id: int, pk: int, run: SeedRun) -> str:
        version, made = self.place.versions[(run.flow.name, run.version)], step.step
        trouble = step.trouble if step.status == "failed" else None
        touched = step.status in {"passed", "failed"}
        return self.step_runs.line(
            {
                "id": pk,
                "execution_id": execution_id,
                "flow_id": version.flow_id,
                "flow_version_id": version.pk,
                "environment_id": self.place.environments[run.environment].pk,
                "path": made.key,
                "key": made.key,
                "step_id": made.id,
                "section": made.section,
                "position": step.position,
                "action": made.action,
                "status": step.status,
                "started_at": step.started_at,
                "finished_at": step.finished_at,
                "attempts": step.attempts,
                "fence": step.attempts,
                "skip_reason": "now() == null is false" if step.status == "skipped" else "",
                "failure_kind": trouble.kind if trouble else "",
                "failure_code": trouble.code if trouble else "",
                "message": quoted(trouble.message) if trouble else _summary(step),
                "recovered": "t" if step.recovered else "f",
                "asserted": "t" if made.asserts and touched and _answered(trouble) else "f",
                "protocol": made.protocol if touched else "",
                "service": made.host(run.environment) if touched else "",
                "operation": made.operation if touched else "",
                "route": made.route if touched else "",
            }
        )

    def _write_attempts(self, steps: Sequence[tuple[SeedStepRun, int, SeedRun]]) -> None:
        made = [(step, pk, run, number) for step, pk, run in steps for number in range(1, step.attempts + 1)]
        ids = next_ids(Attempt, len(made))
        self.attempts.copy(
            self._attempt(step, pk, number, attempt) for (step, pk, _, number), attempt in zip(made, ids, strict=True)
        )
        self.payloads.copy(
            self._payload(step, run, number, attempt)
            for (step, _, run, number), attempt in zip(made, ids, strict=True)
            if step.status in {"passed", "failed"}
        )

    def _attempt(self, step: SeedStepRun, step_run_id: int, number: int, pk: int) -> str:
        trouble = step.trouble if number < step.attempts or step.status == "failed" else None
        middle = step.started_at + (step.finished_at - step.started_at) * 0.8
        begun = middle if number == 2 else step.started_at
        return self.attempts.line(
            {
                "id": pk,
                "step_run_id": step_run_id,
                "number": number,
                "fence": number,
                "status": "failed" if trouble else step.status,
                "due_at": begun,
                "started_at": begun,
                "finished_at": middle if number < step.attempts else step.finished_at,
                "failure_kind": trouble.kind if trouble else "",
                "failure_code": trouble.code if trouble else "",
                "failure_message": quoted(trouble.message) if trouble else "",
                "assertions": quoted(_json(assertions_of(step.step, trouble))),
            }
        )

    def _payload(self, step: SeedStepRun, run: SeedRun, number: int, attempt_id: int) -> str:
        trouble = step.trouble if number < step.attempts or step.status == "failed" else None
        request, response = exchange_of(step.step, run.environment, trouble)
        texts = {"request": _json(request), "response": _json(response)}
        return self.payloads.line(
            {
                "attempt_id": attempt_id,
                "created_at": step.finished_at,
                **{name: quoted(text) for name, text in texts.items()},
                **{f"{name}_size": len(text or "") for name, text in texts.items()},
                "content_type": "application/json" if response and step.step.protocol == "http" else "",
            }
        )

    def _moves(self, runs: Sequence[SeedRun], ids: Sequence[int]) -> Iterator[str]:
        moves = iter(next_ids(Move, 3 * len(runs)))
        for run, pk in zip(runs, ids, strict=True):
            for old, new, at in (
                ("", "queued", run.queued_at),
                ("queued", "running", run.started_at),
                ("running", run.status, run.finished_at),
            ):
                yield self.moves.line({"id": next(moves), "execution_id": pk, "at": at, "old": old, "new": new})


def _labels(run: SeedRun, pk: int) -> str:
    if run.trigger not in {"cli", "api"}:
        return "{}"
    return f'{{"branch": "{"main" if pk % 4 else "next"}", "commit": "{pk * 2654435761 % 2**28:07x}"}}'


def _answered(trouble: Any) -> bool:
    return trouble is None or trouble.kind == "assertion"


def _summary(step: SeedStepRun) -> str:
    if step.status != "passed":
        return "Cancelled by hand." if step.status == "cancelled" else ""
    made = step.step
    if made.protocol == "http":
        return {"201": "201 Created, 214 B", "202": "202 Accepted, 80 B", "204": "204 No Content, 0 B",
                "403": "403 Forbidden, 61 B"}.get(made.asserts[-3:], "200 OK, 512 B")  # fmt: skip
    return {"postgresql": "1 row", "grpc": "OK"}.get(made.protocol, "")


def _json(value: Any) -> str | None:
    return jsontext.dumps(value) if value else None
