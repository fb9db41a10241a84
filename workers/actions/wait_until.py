"""wait_until: run steps again and again until a condition holds."""

from collections.abc import Mapping
from time import time
from typing import Any

from executions.status import FailureKind
from flows.language.actions.wait_until import SPEC, WaitUntilConfig
from workers.actions.base import Action, Open, Park, Result, StepContext, TurnOutcome
from workers.errors import StepTimedOut
from workers.turn_results import refuse_failures

HOPELESS = frozenset({FailureKind.TEMPLATE.value, FailureKind.CONFIG.value})  # asking again changes nothing


class WaitUntil(Action[WaitUntilConfig]):
    """Rounds are turns. After each the condition is looked at; between two of them nothing runs."""

    spec = SPEC

    def run(self, config: WaitUntilConfig, context: StepContext) -> Result | Park | Open:
        state = context.resumed
        if state is None:
            until = time() + min(config.seconds, context.remaining)
            context.record_request(condition=config.condition, interval=config.interval, timeout=config.seconds)
            return self._round({"rounds": 0, "until": until}, config, context)
        if state["waits"]:
            return self._round(state, config, context)
        return self._judge(state, config, context)

    def summary(self, config: WaitUntilConfig, result: Result) -> str:
        rounds = "1 round" if result["attempts"] == 1 else f"{result['attempts']} rounds"
        return f"met after {rounds}" if result["met"] else f"not met in {rounds}"

    def _round(self, state: Mapping[str, Any], config: WaitUntilConfig, context: StepContext) -> Result | Park | Open:
        number = int(state["rounds"])
        following = {"rounds": number + 1, "until": state["until"], "waits": False}
        if not context.groups:
            return self._judge(following, config, context)
        return Open(
            names=[{}],
            first=number,
            state=following,
            seconds=max(0.05, state["until"] - time()),
            summary=f"round {number + 1}",
        )

    def _judge(self, state: Mapping[str, Any], config: WaitUntilConfig, context: StepContext) -> Result | Park:
        if context.language is None:
            raise RuntimeError("wait_until needs the running flow's language")
        last = context.turns[-1] if context.turns else None
        result: dict[str, Any] = {"met": False, "attempts": state["rounds"], "timed_out": False, "last": _shown(last)}
        if last is not None and last.status == "failed" and last.kind in HOPELESS:
            refuse_failures([last], result)
        failed = last is not None and last.status != "passed"
        if not failed and context.language.check(config.condition):
            return {**result, "met": True}
        enough = config.max_attempts is not None and state["rounds"] >= config.max_attempts
        if not enough and time() + config.interval <= state["until"]:
            return Park(config.interval, {**state, "waits": True})
        if config.on_timeout == "continue":
            return {**result, "timed_out": True}
        why = f"{last.path}: {last.message}" if failed and last is not None else f"{config.condition} is still false"
        rounds = "1 round" if state["rounds"] == 1 else f"{state['rounds']} rounds"
        raise StepTimedOut(f"Not so after {rounds}. {why}", code="poll_timeout", partial={**result, "timed_out": True})


def _shown(last: TurnOutcome | None) -> dict[str, Any] | None:
    if last is None:
        return None
    shown: dict[str, Any] = {"status": last.status, "outputs": dict(last.outputs)}
    return shown if last.status == "passed" else {**shown, "step": last.path, "message": last.message}
