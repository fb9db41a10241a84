"""An execution as a worker holds it during one hop: its plan, what it was given, what its steps have kept so far."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from executions import live
from executions.database import fetch_one
from executions.live import RESULT, Inputs, Kept
from executions.masking import Masker, is_secret_name
from executions.models import Execution, StepRun
from executions.operations.claim import Claim
from executions.operations.start import make_builtins, masker_for, plan_of_version
from executions.settling import Ended, State
from executions.status import Phase, Status, StepStatus
from flows.encryption import CannotDecrypt
from flows.language.plan import Plan, PlannedStep
from flows.language.scope import Scope
from flows.language.values import Unresolved
from workers.carried import Carried

# The queryset that does the same takes 2 ms to put its SQL together. Every parameter is cast: see fetch_one.
LOAD = """
SELECT e.id, e.workspace_id, e.flow_id, e.flow_version_id, v.hash AS flow_version_hash, e.flow_name, e.environment_name,
       e.worker_group, e.started_at, e.deadline, e.teardown_deadline
FROM executions_execution e JOIN flows_flowversion v ON v.id = e.flow_version_id
WHERE e.id = %(id)s::bigint
"""


@dataclass
class Running:
    """Loaded from the record at the start of a hop, kept up to date until its end. One thread at a time."""

    execution: Execution
    plan: Plan
    inputs: Inputs
    masker: Masker
    state: State
    captured: dict[str, Any] = field(default_factory=dict)
    captured_by: dict[str, str] = field(default_factory=dict)  # variable → id of the step that captured it
    results: dict[str, dict[str, Any]] = field(default_factory=dict)  # by step id
    fates: dict[str, dict[str, Any]] = field(default_factory=dict)  # by step id, where the flow reads them
    carried: Carried[Any, Any] = field(default_factory=Carried)  # by actions, from step to step
    broken: str = ""  # why no step can be run any more

    @classmethod
    def load(cls, execution_id: int, state: State) -> "Running":
        row = fetch_one(LOAD, {"id": execution_id})
        if row is None:
            raise LookupError(f"execution {execution_id} is gone")
        plan = plan_of_version(row["flow_version_id"], row.pop("flow_version_hash"))
        execution = Execution.from_db(None, list(row), list(row.values()))
        try:
            inputs, kept, broken = *live.load(execution_id), ""
        except CannotDecrypt as exc:
            inputs, kept, broken = Inputs(), [], f"{exc} Put it back into STEPWELL_ENCRYPTION_KEYS."
        running = cls(execution, plan, inputs, masker_for(inputs.secrets, inputs.named, kept), state)
        running.broken = broken
        for value in kept:
            running._take(value)
        if plan.reads_fates:
            running._load_fates()
        return running

    def scope(self, planned: PlannedStep, *, now: datetime, draws: dict[str, Any]) -> Scope:
        """Everything `planned` may read, its own result left out."""
        execution = self.execution
        scope = Scope(
            captured=self.captured,
            results=self.results,
            overrides=self.inputs.overrides,
            environment={**self.inputs.variables, **self.inputs.secrets},
            flow_env={**self.inputs.env, **{k: Unresolved(why) for k, why in self.inputs.unresolved.items()}},
            builtins=make_builtins(execution, now),
            fates=self.fates,
            captured_by=self.captured_by,
            extra=self._extra(planned),
        )
        return scope.for_step(step_id=planned.step.id, path=planned.path, draws=draws)

    def to_keep(self, planned: PlannedStep, result: dict[str, Any], captured: dict[str, Any]) -> list[Kept]:
        """What later steps will read of this one, by the plan; and captured secrets, so that they stay masked."""
        step_id, reads = planned.step.id, self.plan.reads_after(planned.path)
        kept = [
            Kept(planned.path, name, value)
            for name, value in captured.items()
            if name in reads or step_id in reads or is_secret_name(name)
        ]
        if step_id in reads:
            kept.append(Kept(planned.path, RESULT, {**result, **captured}))
        return kept

    def apply(self, planned: PlannedStep, ended: Ended, state: State) -> None:
        """Take over what was just committed."""
        for value in ended.kept:
            self._take(value)
            if value.name and is_secret_name(value.name):
                self.masker = self.masker.with_secret(value.name, value.value)
        if ended.step.is_final and self.plan.reads_fates:
            self.fates[planned.step.id] = _fate(ended.step, ended.failure.message if ended.failure else ended.message)
        self.state = replace(state, failed_hard=True) if ended.is_hard_failure else state

    def enter(self, phase: Phase, outcome: Status | None, *, at: datetime) -> None:
        """The next step, in this hop, belongs to `phase`."""
        if phase is self.state.phase and outcome in {None, self.state.outcome}:
            return
        if phase is Phase.TEARDOWN and self.state.phase is not Phase.TEARDOWN:
            self.execution.teardown_deadline = at + timedelta(seconds=self.plan.flow.config.teardown_timeout)
        self.state = replace(
            self.state,
            phase=phase,
            outcome=outcome or self.state.outcome,
            # In teardown only its own time counts, and that has just begun.
            deadline_passed=self.state.deadline_passed and phase is self.state.phase,
        )

    def is_soft(self, planned: PlannedStep) -> bool:
        return planned.step.soft and planned.step.on_error == "continue"

    def _take(self, value: Kept) -> None:
        step_id = self.plan.at(value.path).step.id
        if value.name == RESULT:
            self.results[step_id] = value.value
        else:
            self.captured[value.name] = value.value
            self.captured_by[value.name] = step_id

    def _load_fates(self) -> None:
        rows = (
            StepRun.objects.filter(execution=self.execution).order_by("id").values_list("step_id", "status", "message")
        )
        for step_id, status, message in rows:
            self.fates[step_id] = _fate(StepStatus(status), message)

    def _extra(self, planned: PlannedStep) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        if self.state.outcome is not None:
            extra["FLOW_STATUS"] = self.state.outcome.value
        if planned.parent is not None and (error := self._error_of(planned.parent)):
            extra["error"] = error
        return extra

    def _error_of(self, path: str) -> dict[str, Any] | None:
        run = StepRun.objects.filter(execution=self.execution, path=path).first()
        if run is None or run.status != StepStatus.FAILED:
            return None
        return {"message": run.message, "kind": run.failure_kind, "code": run.failure_code, "step": run.step_id}


def _fate(status: StepStatus, message: str) -> dict[str, Any]:
    return {"status": status.value, "message": message}


def step_parents(claim: Claim, following: PlannedStep, here: PlannedStep) -> int | None:
    """The step run that `following` is nested in: a child of the step that just failed, or a sibling of `here`."""
    if following.parent is None:
        return None
    return claim.step_run_id if following.parent == here.path else claim.parent_id
