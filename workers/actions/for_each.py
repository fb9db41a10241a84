"""for_each: the same steps for every item of a list."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from flows.language.actions.for_each import SPEC, ForEachConfig
from workers.actions.base import Action, Open, Result, StepContext
from workers.errors import StepMisconfigured
from workers.turn_results import refuse_failures, result_of, summary_of


class ForEach(Action[ForEachConfig]):
    spec = SPEC

    def run(self, config: ForEachConfig, context: StepContext) -> Result | Open:
        if context.resumed is None:
            return self._open(config, context)
        result = result_of(context.turns)
        refuse_failures(context.turns, result)
        return result

    def summary(self, config: ForEachConfig, result: Result) -> str:
        return summary_of(result, "item", "items")

    @staticmethod
    def _open(config: ForEachConfig, context: StepContext) -> Result | Open:
        _refuse_too_many(config)
        items = _items(config)
        context.record_request(items=items, item_name=config.item_name, max_parallel=config.width)
        if not items:
            return result_of(())
        return Open(
            names=[_names(config, item, number) for number, item in enumerate(items)],
            width=config.width,
            stops_at_failure=not config.continue_on_error,
            summary=f"{len(items)} items",
        )


def _refuse_too_many(config: ForEachConfig) -> None:
    """Before a range becomes a list: one of a billion numbers would take the memory of the machine."""
    count = config.range.count if config.range is not None else len(config.items)
    if config.max_iterations is not None and count > config.max_iterations:
        raise StepMisconfigured(f"There are {count:,} items; max_iterations allows {config.max_iterations:,}.")
    if count > settings.MAX_STEP_RUNS:
        raise StepMisconfigured(
            f"There are {count:,} items, and an execution may have {settings.MAX_STEP_RUNS:,} step runs "
            "(STEPWELL_MAX_STEP_RUNS)."
        )


def _items(config: ForEachConfig) -> list[Any]:
    if config.range is not None:
        return list(config.range.numbers)
    if isinstance(config.items, Mapping):
        return [{"key": key, "value": value} for key, value in config.items.items()]
    return list(config.items)


def _names(config: ForEachConfig, item: Any, number: int) -> dict[str, Any]:
    named = {config.item_name: item}
    return named if config.index_name is None else {**named, config.index_name: number}
