"""Conditions of a write: If-Match names what the caller saw, `If-None-Match: *` says that there is nothing yet."""

from typing import Annotated, Final

from pydantic import StringConstraints

Condition = Annotated[str, StringConstraints(max_length=255)] | None

ANY: Final = "*"


def expected(if_match: Condition) -> str | None:
    """The tag that what is stored must have; None if any will do."""
    tag = (if_match or "").strip().removeprefix("W/").strip('"')
    return tag if tag and tag != ANY else None


def only_new(if_none_match: Condition) -> bool:
    return (if_none_match or "").strip() == ANY
