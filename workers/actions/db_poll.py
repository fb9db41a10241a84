"""db_poll: ask a database again and again until the answer is the one that is waited for."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.db_poll import SPEC, DbPollConfig, RowCondition
from workers.actions.base import Action, Endpoint, Language, Park, Result, StepContext
from workers.actions.database_query import DatabaseQuery
from workers.polling import Polling


class DbPoll(Action[DbPollConfig]):
    """Each try is a `database_query` of its own connection."""

    spec = SPEC

    def __init__(self) -> None:
        self._query = DatabaseQuery()

    def run(self, config: DbPollConfig, context: StepContext) -> Result | Park:
        polling = Polling.of(
            context.resumed, interval=config.interval, timeout=config.timeout, most=config.max_attempts
        )
        answer, duration_ms = self._query.ask(config, context)
        found = answer.as_result() | {"duration_ms": duration_ms}
        why = _missing(config, found, context.language)
        return polling.won(found) if not why else polling.again(why, found)

    def is_repeatable(self, config: DbPollConfig) -> bool:
        return self._query.is_repeatable(config)

    def endpoint(self, config: DbPollConfig, written: Mapping[str, Any]) -> Endpoint:
        return self._query.endpoint(config, written)

    def summary(self, config: DbPollConfig, result: Result) -> str:
        return f"{self._query.summary(config, result)}, attempt {result['attempts']}"


def _missing(config: DbPollConfig, found: Result, language: Language | None) -> str:
    """What the answer lacks; empty if it is the one."""
    condition = config.condition
    if condition is None:
        return "" if found["row_count"] else "No row came."
    if isinstance(condition, RowCondition):
        return _missing_in_row(condition, found, language)
    if language is None:
        raise RuntimeError("db_poll needs the running flow's language")
    record = language.judge(condition, over=found)
    return "" if record["passed"] else f"The condition did not hold: {record['message']}"


def _missing_in_row(condition: RowCondition, found: Result, language: Language | None) -> str:
    wanted = language.render(condition.value, place="condition.value") if language is not None else condition.value
    if condition.type == "row_count":
        return "" if _same(found["row_count"], wanted) else f"There were {found['row_count']} rows, expected {wanted}."
    if not found["row_count"]:
        return "No row came."
    if condition.type == "row_exists":
        return ""
    value = (found["first_row"] or {}).get(condition.column)
    return "" if _same(value, wanted) else f"{condition.column} was {value!r}, expected {wanted!r}."


def _same(value: Any, wanted: Any) -> bool:
    """A template may have made a text of a number."""
    return bool(value == wanted) or (wanted is not None and str(value) == str(wanted))
