"""Advances executions: claims a step, makes the attempt, commits what came of it together with what comes next.

One call of `run_step` is one hop. While the next step is due at once the hop goes on with it, up to a small time slice,
so that a step costs one commit and not one message (DESIGN §5.8).
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from executions import queue
from executions.live import unseal
from executions.operations.calls import called, cancel_orphans, wake_callers
from executions.operations.claim import Claim, claim_step, take_over
from executions.operations.commit import Committed, commit_attempt, read_state
from executions.operations.stop_turns import end_waiting_turns, hand_on_stops
from executions.operations.sweep import find_attempts_of, find_steps_to_interrupt
from executions.settling import Again, Arrive, Await, End, Ended, Failure, Fan, Go, Next, State
from executions.status import AttemptStatus, Phase
from flows.language.plan import PlannedStep
from flows.language.spec import RetrySpec
from workers.abort import Abort
from workers.actions.base import StepContext
from workers.attempt import DEFAULT_TIMEOUT, Outcome, make_attempt, skip_or_none, timeout_of
from workers.calling import judge_call, start_called
from workers.egress import Egress
from workers.errors import StepError
from workers.further import Ahead
from workers.going_on import NOT_BEGUN, after_the_attempt, tell_why_not_again
from workers.persistence import Making, persistently
from workers.progress import interrupted, is_interrupted, next_after, why_interrupted
from workers.ready import Ready, make_ready
from workers.recording import lost_outcome, to_ended
from workers.retrying import retry_of
from workers.running import Running, draws_so_far, parent_of
from workers.stopped import abandoned_outcome, interrupted_outcome
from workers.telling import step_event, tell, tell_ends
from workers.turns import Turns, refuse_too_many
from workers.watch import Held, Watch

log = logging.getLogger(__name__)

T = TypeVar("T")

SLICE = 0.5  # seconds a hop may go on with further steps
ORPHANED_AFTER = 5.0  # seconds an attempt of this process may be held by none of its threads
OWN_FAULT = "Stepwell itself broke while it ran this step; the worker's log has the details."


class Engine:
    """One per worker process; every method may be called from any thread."""

    def __init__(self, watch: Watch, egress: Egress) -> None:
        self._watch = watch
        self._egress = egress
        self._making = Making()
        self.is_stopping = False

    def run_step(self, step_run_id: int, number: int) -> None:
        """Make attempt `number` of a step run, and go on from there. A message that comes twice is counted, no more."""
        with self._making.step_run(step_run_id):
            claim = claim_step(step_run_id=step_run_id, number=number, worker_id=self._watch.worker_id)
            if claim is None:
                self._watch.count(duplicates=1)
                return
            self._hop(claim)

    def interrupt(self, execution_id: int) -> None:
        """Wind down an execution that was cancelled, or ran out of time, while no worker held it."""
        hand_on_stops()
        cancel_orphans(execution_id)
        end_waiting_turns(execution_id)
        for step in find_steps_to_interrupt(execution_id):
            # The control queue is everybody's; the teardown belongs to the workers of the execution's group.
            is_ours = step.worker_group == self._watch.group
            self.interrupt_step(step.step_run_id, step.number, goes_on=is_ours)

    def interrupt_step(self, step_run_id: int, number: int, *, goes_on: bool = True) -> None:
        """Claim a waiting step before its time: its execution is over, so the hop ends it and goes on to the teardown.

        Without `goes_on` the teardown is sent instead, for a caller that has no time for it.
        """
        with self._making.step_run(step_run_id):
            claim = claim_step(step_run_id=step_run_id, number=number, worker_id=self._watch.worker_id, early=True)
            if claim is not None:
                self._hop(claim, seconds=SLICE if goes_on else 0.0)

    def give_up_lost(self, row: dict[str, Any]) -> None:
        """Settle an attempt whose worker is gone (a row of `find_lost_attempts`)."""
        self._settle_elsewhere(Claim(**row), lost_outcome("The worker was lost while it ran this step."))

    def give_up_orphans(self) -> None:
        """Settle attempts under this process's lease that none of its threads is making: a hop broke off.

        The answer to a claim may have been lost. This process knows what it never began, and so runs it after all.
        """
        for row in find_attempts_of(self._watch.worker_id, older_than_seconds=ORPHANED_AFTER):
            claim = Claim(**row)
            if not self._making.is_nobody_at(step_run_id=claim.step_run_id, execution_id=claim.execution_id):
                continue
            log.error("attempt %s was left behind; it is given up", claim.attempt_id)
            if self._making.has_begun(claim.attempt_id):
                self.give_up_lost(row)
            else:
                self._settle_elsewhere(
                    claim, lost_outcome("The worker lost this step before it began.", code=NOT_BEGUN)
                )

    def _hop(self, claim: Claim, *, seconds: float = SLICE) -> None:
        self._watch.count(hops=1)
        with self._making.execution(claim.execution_id):
            running = self._persistently(lambda: _load(claim))
            if claim.is_first:
                tell(running, claim.event_number - 1, "execution.running", {})
            with closing(running.carried):
                self._follow(running, claim, until=monotonic() + seconds)

    def _follow(self, running: Running, claim: Claim, *, until: float) -> None:
        following: Claim | None = claim
        while following is not None:
            following = self._step_or_own_up(running, following, until)

    def _step_or_own_up(self, running: Running, claim: Claim, until: float) -> Claim | None:
        """One step; a fault of ours ends it at once, instead of leaving it to be found."""
        try:
            return self._step(running, claim, may_go_on=lambda: monotonic() < until and not self.is_stopping)
        except (OperationalError, InterfaceError):
            raise  # nothing can be written now; the attempt is found when the database is back
        except Exception:
            log.exception("step run %s broke the engine", claim.step_run_id)
            self._settle_elsewhere(claim, lost_outcome(OWN_FAULT, code="internal"))
            return None

    def _step(self, running: Running, claim: Claim, *, may_go_on: Callable[[], bool]) -> Claim | None:
        planned, began = running.plan.at(claim.path), monotonic()
        tell(
            running,
            claim.event_number,
            "step.started",
            {"path": claim.path, "status": "running", "attempt": claim.number},
        )
        ready = running.take_ready(claim)
        draws = draws_so_far(claim) if ready is None else ready.draws
        running.move_to(claim.path, claim.container_stopping)
        if is_interrupted(running.state):
            outcome = interrupted_outcome(running, planned, claim)
        elif running.broken:
            outcome = Outcome(AttemptStatus.FAILED, Failure("config", "cannot_decrypt", running.broken))
        else:
            outcome = self._attempt(running, planned, claim, draws, ready)
        ahead = Ahead(running, claim.now, began, may_go_on, partial(self._context_ahead, running, claim))
        return self._settle(running, planned, claim, outcome, draws, may_go_on=may_go_on, ahead=ahead)

    def _attempt(
        self, running: Running, planned: PlannedStep, claim: Claim, draws: dict[str, Any], ready: Ready | None
    ) -> Outcome:
        scope = running.scope(planned, claim.path, now=claim.now, draws=draws) if ready is None else ready.at(claim.now)
        # A lost attempt may never have come to the condition; one that failed had passed it.
        is_first_try = claim.number - claim.lost_attempts == 1 and claim.resume_state is None
        if is_first_try and (skipped := skip_or_none(planned, scope)):
            skipped.scope = scope
            return skipped
        try:
            limit, retry = timeout_of(planned, scope), retry_of(planned, running.plan.flow, scope)
        except StepError as exc:
            return Outcome(AttemptStatus.FAILED, Failure(exc.kind, exc.code, exc.message), scope=scope)
        parked = unseal(claim.resume_state) if claim.resume_state is not None else {}
        turns = Turns.of(running, planned, claim) if claim.resume_state is not None and planned.is_container else None
        if turns is not None or parked.get("called") is not None:
            limit = None  # its own time is over when what it waits for was stopped for it
        elif (left := parked.get("seconds_left")) is not None:
            limit = left
        if limit is not None and limit <= 0:
            too_long = Failure("timeout", "timeout", "The step's time was up while it waited.")
            return Outcome(AttemptStatus.FAILED, too_long, scope=scope, retry=retry)
        context, reason = self._context(running, claim, limit, parked)
        if turns is not None:
            context.turns = turns.outcomes
        if parked.get("called") is not None:
            context.called = called(parked["called"])
        held = Held(
            execution_id=claim.execution_id,
            abort=context.abort,
            deadline=context.deadline,
            deadline_reason=reason,
            heeds_cancel=running.state.phase is not Phase.TEARDOWN,
            abandon=lambda: self._leave_behind(claim, context, retry),
            container_id=claim.container_id,
        )
        self._watch.hold(claim.attempt_id, held)
        self._making.begin(claim.attempt_id)
        try:
            after = running.scope_after(scope, turns.handed_on) if turns is not None else None
            outcome = make_attempt(planned, scope, context, after=after, rendered=ready.rendered if ready else None)
        finally:
            self._watch.release(claim.attempt_id)
        outcome.retry = retry
        outcome.condition = outcome.condition or parked.get("condition")
        _see_to_what_is_inside(running, planned, claim, outcome, turns, limit)
        if outcome.park is not None and limit is not None and planned.step.timeout is not None:
            outcome.seconds_left = context.remaining - outcome.park.seconds
            outcome.park = replace(outcome.park, seconds=min(outcome.park.seconds, context.remaining))
        return outcome

    def _context(
        self, running: Running, claim: Claim, limit: float | None, parked: Mapping[str, Any]
    ) -> tuple[StepContext, str]:
        now = monotonic()
        left = running.seconds_left(claim.now)
        own = left + 1 if limit is None else limit
        reason = "timeout" if own <= left else "deadline"
        context = StepContext(
            abort=Abort(),
            deadline=now + min(own, left),
            execution_started_at=running.execution.started_at or claim.now,
            egress=self._egress,
            local_files=settings.LOCAL_FILES,
            files=running.plan.files,
            max_body=settings.MAX_BODY,
            carried=running.carried,
            resumed=parked.get("state"),
            request=parked.get("request", {}),
            deadline_reason=reason,
        )
        return context, reason

    def _context_ahead(self, running: Running, claim: Claim, now: datetime) -> StepContext:
        """For a step run further: a local one, which has nothing that could be aborted."""
        return self._context(running, replace(claim, now=now), DEFAULT_TIMEOUT, {})[0]

    def _leave_behind(self, claim: Claim, context: StepContext, retry: RetrySpec) -> None:
        """In a thread of its own, whose connection must find its way back to the pool."""
        try:
            self._abandon(claim, context, retry)
        finally:
            connection.close()

    def _abandon(self, claim: Claim, context: StepContext, retry: RetrySpec) -> None:
        """The action did not leave when it was told to. It is left behind: the fence keeps out whatever it brings."""
        outcome = abandoned_outcome(context, retry)
        if outcome is not None:
            self._settle_elsewhere(claim, outcome)

    def _settle_elsewhere(self, claim: Claim, outcome: Outcome) -> None:
        """Settle an attempt from a thread that did not make it; what follows is sent, not run here."""
        running = _load(claim)
        planned = running.plan.at(claim.path)
        outcome.scope = outcome.scope or running.scope(planned, claim.path, now=claim.now, draws={})
        self._settle(running, planned, claim, outcome, draws_so_far(claim), may_go_on=lambda: False)

    def _settle(
        self,
        running: Running,
        planned: PlannedStep,
        claim: Claim,
        outcome: Outcome,
        draws: dict[str, Any],
        *,
        may_go_on: Callable[[], bool],
        ahead: Ahead | None = None,
    ) -> Claim | None:
        """`ahead` in a hop: it may go on with what follows."""
        tell_why_not_again(claim, outcome)
        written = to_ended(running, planned, claim.path, outcome, draws)
        ended, again = after_the_attempt(running, planned, claim, outcome, written)
        further = ahead.run(planned, ended) if ahead is not None and again is None else []

        def decide(state: State) -> tuple[Ended, Next]:
            if further and state is running.state:
                last = further[-1]
                following = next_after(running.plan, last.step, last.step.path, last.ended, state)
                return ended, replace(following, claim=may_go_on()) if isinstance(following, Go) else following
            # A flow that was started is waited for: it is to be over when the teardown begins.
            if again is not None and (isinstance(again, Await) or not is_interrupted(state)):
                return ended, replace(again, claim=may_go_on()) if isinstance(again, Fan) else again
            final = ended if again is None else interrupted(ended, state, attempt=claim.number)
            if outcome.open is not None:
                final = replace(final, kept=())  # nobody will read the items of turns that never begin
            if final.attempt is AttemptStatus.CANCELLED and not final.message:
                final = replace(final, message=f"{why_interrupted(state)}.")
            following = next_after(running.plan, planned, claim.path, final, state)
            if isinstance(following, Go):
                parent = parent_of(claim, following.step, planned)
                following = replace(
                    following,
                    parent_id=parent,
                    container_id=claim.container_id,
                    turn=claim.turn,
                    # What was run further is to be forgotten; only another hop knows nothing of it.
                    claim=may_go_on() and not further,
                )
            elif isinstance(following, Arrive):
                assert claim.container_id is not None  # only a step inside one arrives
                following = replace(following, container_id=claim.container_id, turn=claim.turn, claim=may_go_on())
            return final, following

        def meanwhile(final: Ended, following: Next) -> None:
            then = running if further else running.foresee(planned, claim.path, final)
            running.ready = make_ready(then, following, local_files=settings.LOCAL_FILES)

        committed = self._persistently(
            lambda: commit_attempt(
                claim=claim,
                decide=decide,
                state=running.state,
                worker_id=self._watch.worker_id,
                further=further,
                meanwhile=meanwhile if ahead is not None else None,
            )
        )
        self._making.end(claim.attempt_id)
        if isinstance(committed, Committed):
            return self._went(running, planned, claim, committed)
        if committed.is_own and ahead is not None:
            # It was written when the connection broke; the next step may be ours already.
            return self._claim_written_for(claim.execution_id)
        log.warning("the result of step run %s came too late: it had been given up", claim.step_run_id)
        return None

    def _claim_written_for(self, execution_id: int) -> Claim | None:
        """Go on with the step that a commit claimed without our hearing of it. Called in a hop of the execution."""
        found = [Claim(**row) for row in find_attempts_of(self._watch.worker_id) if row["execution_id"] == execution_id]
        for claim in found:
            if not self._making.is_nobody_at(
                step_run_id=claim.step_run_id, execution_id=execution_id, but_me=True
            ) or self._making.has_begun(claim.attempt_id):
                continue
            if (mine := take_over(claim)) is not None:
                self._hop(mine)  # afresh: what this hop knew may not be what was written
        return None

    def _persistently(self, work: Callable[[], T]) -> T:
        return persistently(work, is_hopeless=lambda: self._watch.is_lease_lost)

    def _went(self, running: Running, planned: PlannedStep, claim: Claim, committed: Committed) -> Claim | None:
        """Tell whoever watches, and send or return what comes next."""
        ended, following = committed.ended, committed.next
        running.apply(planned, claim.path, ended, committed.state)
        last = committed.event_number
        for step_run_id, number in committed.due:
            queue.send_step(step_run_id, number, running.execution.worker_group)
        if isinstance(following, Go | Arrive | Fan):
            if isinstance(following, Go):
                running.enter(following.phase, following.outcome, at=committed.now)
            ended_at = last if committed.claim is None else last - 1
            if isinstance(following, Fan):
                tell(running, ended_at, "step.waiting", step_event(claim, ended))
            else:
                tell_ends(running, claim, committed, ended_at)
            if committed.has_stopped_others:
                queue.send_interrupt(claim.execution_id)
            return committed.claim
        if isinstance(following, End):
            tell_ends(running, claim, committed, last - 1)
            tell(running, last, "execution.finished", {"status": following.status.value})
            if running.execution.parent_step_run_id is not None:
                wake_callers(running.execution.parent_step_run_id)
            return None
        tell(
            running,
            last,
            "step.retrying" if isinstance(following, Again) else "step.waiting",
            step_event(claim, ended),
        )
        if isinstance(following, Await):
            if is_interrupted(committed.state):
                cancel_orphans(claim.execution_id)  # whoever asked for the stop may have looked before it was started
            wake_callers(claim.step_run_id)  # it may have ended before this was written
        elif following.seconds == 0:
            number = claim.number + 1 if isinstance(following, Again) else claim.number
            queue.send_step(claim.step_run_id, number, running.execution.worker_group)
        return None


def _see_to_what_is_inside(
    running: Running, planned: PlannedStep, claim: Claim, outcome: Outcome, turns: Turns | None, limit: float | None
) -> None:
    """Of a step that runs others: what became of them, and those that are to begin, within `limit` seconds."""
    if turns is not None:
        turns.judge(outcome)
    if planned.spec.calls_flow:
        judge_call(outcome, claim)
    if outcome.call is not None:
        outcome.seconds_left = limit
        start_called(running, claim, outcome)
    if outcome.open is not None:
        outcome.seconds_left = limit
        refuse_too_many(running, planned, outcome)


def _load(claim: Claim) -> Running:
    return Running.load(claim.execution_id, read_state(claim.execution_id, claim.container_id), claim.path)
