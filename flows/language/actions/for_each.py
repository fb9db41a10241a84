"""for_each: the same steps for every item of a list."""

from typing import Any, Self

from pydantic import Field, model_validator

from flows.language.actions.base import ActionConfig, ActionSpec, has_template
from flows.language.values import type_name

MOST_AT_ONCE = 100  # turns of one step that run side by side
NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"


class RangeConfig(ActionConfig):
    """Whole numbers instead of items; the last one is in it."""

    start: int = Field(1, description="the first number")
    end: int = Field(description="the last number")
    step: int = Field(1, description="from one number to the next; below zero it counts down")

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.step == 0:
            raise ValueError("range.step is 0, and would never come to the end")
        return self

    @property
    def numbers(self) -> range:
        return range(self.start, self.end + (1 if self.step > 0 else -1), self.step)

    @property
    def count(self) -> int:
        """How many they are: `len` knows no number beyond what memory could hold."""
        return max(0, (self.end - self.start) // self.step + 1)


class ForEachConfig(ActionConfig):
    items: Any = Field(None, description="a list, or a template that gives one; of an object, its {key, value} pairs")
    range: RangeConfig | None = Field(None, description="whole numbers instead: {start, end, step}")
    item_name: str = Field("item", pattern=NAME, description="what the steps call the item")
    index_name: str | None = Field(None, pattern=NAME, description="what they call its number, counted from 0")
    continue_on_error: bool = Field(False, description="true: go on with the next item after one that failed")
    max_parallel: int = Field(1, ge=1, le=MOST_AT_ONCE, description="items worked on at once")
    parallel: bool = Field(False, description="true: as many items at once as max_parallel may be at most")
    max_iterations: int | None = Field(None, ge=1, description="fail if there are more items")

    @model_validator(mode="after")
    def _has_items(self) -> Self:
        if "items" in self.model_fields_set and self.range is None:
            if not has_template(self.items) and not isinstance(self.items, list | dict):
                raise ValueError(f"items must be a list, or an object, and is {type_name(self.items)}")
        elif (self.items is None) == (self.range is None):
            raise ValueError("for_each needs items or range, one of them")
        if self.index_name == self.item_name:
            raise ValueError(
                f"item_name and index_name are both {self.item_name}: the steps could see only one of them"
            )
        return self

    @property
    def width(self) -> int:
        return MOST_AT_ONCE if self.parallel is True and self.max_parallel == 1 else self.max_parallel


SPEC = ActionSpec(
    name="for_each",
    Config=ForEachConfig,
    result_keys=frozenset({"count", "passed", "failed", "results"}),
    waits=True,
    is_local=True,
    step_keys=("steps",),
    has_turns=True,
    loop_names={"item_name": "item", "index_name": ""},
    summary="Runs its steps once for every item.",
)
