"""An execution as a worker holds it during one hop: its plan, what it was given, what its steps have kept so far."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from executions import live
from executions.database import fetch_one
from executions.live import LOOP, RESULT, Inputs, Kept
from executions.masking import Masker, is_secret_name
from executions.models import Attempt, Execution, StepRun
from executions.operations.claim import Claim
from executions.operations.start import make_builtins, masker_for, plan_of_version
from executions.settling import Ended, State
from executions.status import Phase, Status, StepStatus
from flows.encryption import CannotDecrypt
from flows.language import jsontext
from flows.language.plan import Plan, PlannedStep, key_of, located, turn_of, turns_of
from flows.language.scope import Scope
from flows.language.values import Unresolved
from workers.carried import Carried
from workers.ready import Ready

# In the order of the model's fields, as from_db wants them. The queryset that does the same takes 2 ms to put its SQL
# together. Every parameter is cast: see fetch_one.
LOAD = """
SELECT e.id, e.workspace_id, e.flow_id, e.flow_version_id, v.hash AS flow_version_hash, e.flow_name, e.environment_name,
       e.parent_step_run_id, e.worker_group, e.started_at, e.deadline, e.teardown_deadline
FROM executions_execution e JOIN flows_flowversion v ON v.id = e.flow_version_id
WHERE e.id = %(id)s::bigint
"""


@dataclass
class Known:
    """What the steps of one turn have kept so far."""

    captured: dict[str, Any] = field(default_factory=dict)
    captured_by: dict[str, str] = field(default_factory=dict)  # variable → id of the step that captured it
    results: dict[str, dict[str, Any]] = field(default_factory=dict)  # by step id
    loop: dict[str, Any] = field(default_factory=dict)  # the item and its number, by what the flow calls them

    def take(self, value: Kept, plan: Plan) -> None:
        if value.name == LOOP:
            self.loop.update(value.value)
            return
        step_id = plan.at(value.path).step.id
        if value.name == RESULT:
            self.results[step_id] = value.value
        else:
            self.captured[value.name] = value.value
            self.captured_by[value.name] = step_id

    def copy(self) -> "Known":
        """One that may take more without this one's knowing of it."""
        return Known(dict(self.captured), dict(self.captured_by), dict(self.results), dict(self.loop))

    def add(self, inner: "Known") -> None:
        """What a turn further inside knows, which wins."""
        for name in ("captured", "captured_by", "results", "loop"):
            getattr(self, name).update(getattr(inner, name))


class Fate(NamedTuple):
    """How one step ended, or how far it is."""

    path: str
    step_id: str
    status: str
    message: str

    @property
    def numbers(self) -> list[int]:
        """Of the turns it is in."""
        return [int(number) for number in _NUMBER.findall(self.path)]


_NUMBER = re.compile(r"\[(\d+)\]")


@dataclass
class Running:
    """Loaded from the record at the start of a hop, kept up to date until its end. One thread at a time."""

    execution: Execution
    plan: Plan
    inputs: Inputs
    masker: Masker
    state: State
    known: dict[str, Known] = field(default_factory=lambda: {"": Known()})  # by turn; "" is what is outside of all
    fates: list[Fate] = field(default_factory=list)  # where the flow reads them
    carried: Carried[Any, Any] = field(default_factory=Carried)  # by actions, from step to step
    ready: Ready | None = None  # of the step that is claimed next, perhaps
    ended: int = 0  # step runs, since it was loaded
    broken: str = ""  # why no step can be run any more

    @classmethod
    def load(cls, execution_id: int, state: State, path: str = "") -> "Running":
        """With what the step at `path` may read."""
        row = fetch_one(LOAD, {"id": execution_id})
        if row is None:
            raise LookupError(f"execution {execution_id} is gone")
        plan = plan_of_version(row["flow_version_id"], row.pop("flow_version_hash"))
        execution = Execution.from_db(None, list(row), list(row.values()))
        turns = turns_of(path)
        try:
            inputs, kept, broken = *live.load(execution_id, turns), ""
        except CannotDecrypt as exc:
            inputs, kept, broken = Inputs(), [], f"{exc} Put it back into STEPWELL_ENCRYPTION_KEYS."
        running = cls(execution, plan, inputs, masker_for(inputs.secrets, inputs.named, kept), state)
        running.broken = broken
        running.known |= {turn: Known() for turn in turns}
        for value in kept:
            running._take(value)
        if plan.reads_fates:
            running._load_fates()
        return running

    def move_to(self, path: str, stopping: str) -> None:
        """Another step, in other turns perhaps: see to it that what it may read is there."""
        self.state = replace(self.state, stopping=stopping) if stopping != self.state.stopping else self.state
        if "[" not in path:
            return
        missing = [turn for turn in turns_of(path) if turn not in self.known]
        self.known |= {turn: Known() for turn in missing}
        if missing and not self.broken:
            for value in live.load_turns(self.execution.pk, missing):
                self._take(value)

    def scope(self, planned: PlannedStep, path: str, *, now: datetime, draws: dict[str, Any]) -> Scope:
        """Everything `planned` may read at the address `path`, its own result left out."""
        known = self._known_at(path)
        scope = Scope(
            captured=known.captured,
            results=known.results,
            overrides=self.inputs.overrides,
            environment={**self.inputs.variables, **self.inputs.secrets},
            flow_env={**self.inputs.env, **{k: Unresolved(why) for k, why in self.inputs.unresolved.items()}},
            builtins=make_builtins(self.execution, now),
            fates=self._fates_at(path),
            loop=known.loop,
            captured_by=known.captured_by,
            extra=self._extra(planned, path),
        )
        return scope.for_step(step_id=planned.step.id, path=path, draws=draws)

    def scope_after(self, scope: Scope, handed_on: Sequence[Kept]) -> Scope:
        """`scope` of a container as it is once its turns have handed on what they had."""
        if not handed_on:
            return scope
        results = {step_id: dict(result) for step_id, result in scope.results.items()}
        known = Known(dict(scope.captured), dict(scope.captured_by), results)
        for value in handed_on:
            known.take(value, self.plan)
        return replace(scope, captured=known.captured, captured_by=known.captured_by, results=known.results)

    def to_keep(self, planned: PlannedStep, path: str, result: dict[str, Any], captured: dict[str, Any]) -> list[Kept]:
        """What later steps will read of this one, by the plan; what its turn gives to the results of its container;
        what a sub-flow gives to the one that runs it; and captured secrets, so that they stay masked.
        """
        step_id, reads = planned.step.id, self.plan.reads_after(planned.path)
        keeps_all = "[" in path or self.execution.parent_step_run_id is not None
        kept = [
            Kept(path, name, value)
            for name, value in captured.items()
            if keeps_all or name in reads or step_id in reads or is_secret_name(name)
        ]
        if "[" in path:
            kept += [
                Kept(path, name, value, is_for_masking=True) for name, value in captured.items() if is_secret_name(name)
            ]
        if planned.spec.calls_flow:
            given = result.get("output", {}).items()
            kept += [Kept(path, name, value, is_for_masking=True) for name, value in given if is_secret_name(name)]
        if step_id in reads:
            kept.append(Kept(path, RESULT, {**result, **captured}))
        return kept

    def apply(self, planned: PlannedStep, path: str, ended: Ended, state: State) -> None:
        """Take over what was just committed."""
        for value in ended.kept:
            self._take(value)
            if value.name and is_secret_name(value.name):
                self.masker = self.masker.with_secret(value.name, value.value)
        self.ended += ended.step.is_final
        if ended.step.is_final and self.plan.reads_fates:
            message = ended.failure.message if ended.failure else ended.message
            self.fates.append(Fate(path, planned.step.id, ended.step.value, message))
        self.state = replace(state, failed_hard=True) if ended.is_hard_failure else state

    def foresee(self, planned: PlannedStep, path: str, ended: Ended) -> "Running":
        """As it will be once this end is committed."""
        known = {turn: one.copy() for turn, one in self.known.items()}
        then = replace(self, known=known, fates=list(self.fates))
        then.apply(planned, path, ended, self.state)
        return then

    def take_ready(self, claim: Claim) -> Ready | None:
        """What was made ready for just this attempt; it is used once or forgotten."""
        ready, self.ready = self.ready, None
        return ready if ready is not None and ready.path == claim.path and claim.number == 1 else None

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

    def seconds_left(self, now: datetime) -> float:
        """Of the phase, by PostgreSQL's clock."""
        execution = self.execution
        until = execution.teardown_deadline if self.state.phase is Phase.TEARDOWN else execution.deadline
        return max(0.0, (until - now).total_seconds()) if until is not None else float("inf")

    def is_soft(self, planned: PlannedStep) -> bool:
        """Whether its failure does not fail the flow: it says so, or a step around it does."""
        around = tuple(self.plan.enclosing(planned.path)) if planned.container is not None else ()
        return any(one.is_forgiven for one in (planned, *around)) or any(one.spec.forgives for one in around)

    def _take(self, value: Kept) -> None:
        if not value.is_for_masking:
            self.known.setdefault(value.turn, Known()).take(value, self.plan)

    def _known_at(self, path: str) -> Known:
        if "[" not in path:
            return self.known[""]
        merged = Known()
        for turn in turns_of(path):
            merged.add(self.known[turn])
        return merged

    def _load_fates(self) -> None:
        rows = StepRun.objects.filter(execution=self.execution).order_by("id")
        self.fates = [Fate(*row) for row in rows.values_list("path", "step_id", "status", "message")]

    def _fates_at(self, path: str) -> dict[str, dict[str, Any]]:
        """By step id: of the turns around `path`, and of those that are over, the last."""
        return {
            fate.step_id: {"status": fate.status, "message": fate.message}
            for fate in sorted(self.fates, key=lambda fate: fate.numbers)
            if is_visible(fate.path, path)
        }

    def _extra(self, planned: PlannedStep, path: str) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        if self.state.outcome is not None:
            extra["FLOW_STATUS"] = self.state.outcome.value
        if planned.parent is not None and (error := self._error_around(planned, path)):
            extra["error"] = error
        return extra

    def _error_around(self, planned: PlannedStep, path: str) -> dict[str, Any] | None:
        """What failed, for a step in `error_steps`, also one deeper inside."""
        here = planned
        while here.parent is not None:
            if here.is_error_step:
                turn = turn_of(path)
                while turn and not here.parent.startswith(key_of(turn)):
                    turn = turn_of(turn[: turn.rfind("[")])
                return self._error_of(located(here.parent, turn))
            here = self.plan.at(here.parent)
        return None

    def _error_of(self, path: str) -> dict[str, Any] | None:
        run = StepRun.objects.filter(execution=self.execution, path=path).first()
        if run is None or run.status != StepStatus.FAILED:
            return None
        return {"message": run.message, "kind": run.failure_kind, "code": run.failure_code, "step": run.step_id}


def is_visible(path: str, here: str) -> bool:
    """Whether the step at `here` may know of the one at `path`: no turn of another branch, none that is still open."""
    around = turns_of(here)
    for turn in turns_of(path)[1:]:
        if turn not in around:  # over, unless `here` is in another turn of the same container
            return not here.startswith(turn[: turn.rfind("[") + 1])
    return True


def parent_of(claim: Claim, following: PlannedStep, here: PlannedStep) -> int | None:
    """The step run that `following` is nested in: a child of the step that just failed, or a sibling of `here`."""
    if following.parent is None:
        return None
    if following.parent == here.path:
        return claim.step_run_id
    if following.sequence == here.sequence:
        return claim.parent_id
    if not following.is_error_step:
        return claim.container_id
    path = located(following.parent, claim.path)
    return StepRun.objects.values_list("pk", flat=True).get(execution_id=claim.execution_id, path=path)


def draws_so_far(claim: Claim) -> dict[str, Any]:
    """Random values are drawn once per step run: a retry draws what the first attempt drew."""
    if claim.draws:
        draws: dict[str, Any] = jsontext.loads(claim.draws)
        return draws
    if claim.number > 1:
        earlier = Attempt.objects.filter(step_run_id=claim.step_run_id, number=claim.number - 1).first()
        return dict(earlier.draws or {}) if earlier else {}
    return {}
