"""condition: one list of steps or the other."""

from flows.language.actions.condition import SPEC, ConditionConfig
from workers.actions.base import Action, Open, Result, StepContext
from workers.turn_results import refuse_failures


class Condition(Action[ConditionConfig]):
    """The branch is chosen once; what the condition saw is recorded with the attempt."""

    spec = SPEC

    def run(self, config: ConditionConfig, context: StepContext) -> Result | Open:
        if context.resumed is not None:
            result = self._result(config, holds=bool(context.resumed["holds"]))
            refuse_failures(context.turns, result)
            return result
        if context.language is None:
            raise RuntimeError("condition needs the running flow's language")
        context.record_request(condition=config.condition)
        holds = context.language.check(config.condition)
        branch = "then" if holds else "else"
        if branch not in context.groups:
            return self._result(config, holds=holds)
        return Open(names=[{}], group=branch, state={"holds": holds}, summary=f"{branch}: {config.condition}"[:200])

    def summary(self, config: ConditionConfig, result: Result) -> str:
        return f"{result['branch']}: {config.condition}"[:200]

    @staticmethod
    def _result(config: ConditionConfig, *, holds: bool) -> Result:
        return {"result": holds, "branch": "then" if holds else "else", "evaluated": config.condition}
