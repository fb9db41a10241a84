"""delay: wait, without holding a worker."""

from time import monotonic

from flows.language.actions.delay import SPEC, DelayConfig
from workers.actions.base import Action, Park, Result, StepContext
from workers.errors import StepTimedOut

SHORT = 1.0  # seconds; parking and waking cost more than so short a wait is worth


class Delay(Action[DelayConfig]):
    spec = SPEC

    def run(self, config: DelayConfig, context: StepContext) -> Result | Park:
        seconds = config.duration
        if context.resumed is None:
            context.record_request(duration=seconds)
            if seconds > SHORT:
                return Park(seconds, {"duration": seconds})
            self._wait_here(seconds, context)
        return {"duration": seconds, "duration_ms": round(seconds * 1000, 3)}

    def summary(self, config: DelayConfig, result: Result) -> str:
        return f"waited {result['duration']:g} s"

    @staticmethod
    def _wait_here(seconds: float, context: StepContext) -> None:
        ends_at = monotonic() + seconds
        context.abort.wait(min(seconds, context.remaining))
        if monotonic() < ends_at:
            raise StepTimedOut(f"The step's time was up before its delay of {seconds:g} s was over")
