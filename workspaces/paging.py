"""Pages of a list by keyset: a cursor is the key of the last row seen. Never OFFSET, never a count."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet
from ninja import Field, Schema

LARGEST: Final = 500


class PageIn(Schema):
    """The query of every list."""

    limit: int = Field(100, ge=1, le=LARGEST)
    cursor: str = Field("", max_length=512, description="`next` of the page before.")


Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row], limit: int, *, key: Callable[[Row], Any]) -> tuple[list[Row], str | None]:
    """The first `limit` rows and the cursor of what follows; None at the end. `rows` are ordered by that key."""
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], str(key(found[limit - 1]))
