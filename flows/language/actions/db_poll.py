"""db_poll: ask a database again and again until the answer is the one that is waited for."""

from typing import Any, Literal

from pydantic import Field

from flows.language.actions.base import ActionConfig, ActionSpec
from flows.language.actions.database_query import SPEC as QUERY
from flows.language.actions.database_query import QueryConfig
from flows.language.durations import Duration


class RowCondition(ActionConfig):
    """A condition in parts, as some write it."""

    type: Literal["row_exists", "row_count", "row_value"] = "row_exists"
    column: str | None = Field(None, description="row_value: the column of the first row")
    value: Any = Field(None, description="row_value, row_count: what it must be")


class DbPollConfig(QueryConfig):
    condition: str | RowCondition | None = Field(
        None, description="an expression over the result, or {type, column, value}; at least one row if left out"
    )
    interval: Duration = Field(1.0, description="between two queries")
    timeout: Duration = Field(30.0, description="fail when the answer has not come for so long")
    max_attempts: int | None = Field(None, ge=1, description="fail after so many queries")


SPEC = ActionSpec(
    name="db_poll",
    Config=DbPollConfig,
    result_keys=QUERY.result_keys | {"success", "last"},
    item_keys=QUERY.result_keys,
    waits=True,
    summary="Asks a database until the answer is right.",
)
