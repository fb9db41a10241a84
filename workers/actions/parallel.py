"""parallel: branches that run at the same time."""

from typing import Any

from flows.language.actions.parallel import SPEC, ParallelConfig
from workers.actions.base import Action, Open, Result, StepContext
from workers.turn_results import refuse_failures, result_of, summary_of


class Parallel(Action[ParallelConfig]):
    spec = SPEC

    def run(self, config: ParallelConfig, context: StepContext) -> Result | Open:
        branches = config.branches
        if context.resumed is None:
            context.record_request(branches=[branch.name for branch in branches], max_concurrent=config.max_concurrent)
            return Open(
                names=[{} for _ in branches],
                width=config.max_concurrent or len(branches),
                stops_at_failure=config.fail_fast,
                summary=f"{len(branches)} branches",
            )
        result = result_of(context.turns)
        for shown in result["results"]:
            _name(shown, branches[shown["number"]].name)
        refuse_failures(context.turns, result)
        return result

    def summary(self, config: ParallelConfig, result: Result) -> str:
        return summary_of(result, "branch", "branches")


def _name(shown: dict[str, Any], name: str) -> None:
    if name:
        shown["name"] = name
