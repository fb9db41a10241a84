"""Orders for many executions, over HTTP."""

from typing import Literal

from ninja import Field, Schema

from executions.bulk import Chosen, Verb
from executions.operations.order_bulk import Item


class BulkIn(Schema):
    """For the executions named in `ids`, or for those that the search `q` finds."""

    verb: Verb
    ids: list[int] | None = Field(None, max_length=10_000)
    q: str | None = Field(None, max_length=2000, description="As in the search box; empty finds everything.")
    mode: Literal["today", "as_it_was"] = Field("today", description="Of a re-run: which version of the flow.")
    trigger: Literal["cli", "api"] = "api"


class BulkItem(Schema):
    id: int
    result: Literal["done", "refused"]
    started: int | None = Field(description="The re-run.")
    detail: str = Field(description="Why it was refused.")


class BulkOut(Schema):
    """What became of each. At most 500 at once, the newest that were found."""

    items: list[BulkItem]
    done: int
    refused: int
    left: int = Field(description="Found as well, beyond the 500: order again for them.")
    is_left_capped: bool = Field(description="There are more than `left`.")

    @classmethod
    def of(cls, chosen: Chosen, items: list[Item]) -> "BulkOut":
        done = sum(item.result == "done" for item in items)
        return cls(
            items=[BulkItem(**vars(item)) for item in items],
            done=done,
            refused=len(items) - done,
            left=chosen.left,
            is_left_capped=chosen.is_left_capped,
        )
