"""assert: check what earlier steps gave."""

from flows.language.actions.assert_ import SPEC, AssertConfig
from workers.actions.base import Action, Result, StepContext
from workers.errors import AssertionsFailed


class Assert(Action[AssertConfig]):
    spec = SPEC

    def run(self, config: AssertConfig, context: StepContext) -> Result:
        if context.language is None:
            raise RuntimeError("assert needs the running flow's language")
        context.record_request(assertions=config.assertions)
        records = context.language.assert_all(config.assertions, over=config.data)
        failed = [record for record in records if not record["passed"]]
        if failed:
            raise AssertionsFailed(_sentence(failed[0]["message"], others=len(failed) - 1))
        return {"passed": True, "count": len(records)}

    def summary(self, config: AssertConfig, result: Result) -> str:
        return "1 assertion held" if result["count"] == 1 else f"{result['count']} assertions held"


def _sentence(first: str, *, others: int) -> str:
    return first if not others else f"{first} (and {others} more)"
