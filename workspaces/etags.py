"""Editing what one has seen: the ETag of an answer comes back as If-Match, so that nobody overwrites somebody else.

What is numbered by its edits has a revision, and cannot be edited without naming one. What people also write from files
(flows, environments) is named by its content, and a write without a condition goes through.
"""

import re
from typing import Annotated, Final

from ninja.errors import HttpError
from pydantic import StringConstraints

Condition = Annotated[str, StringConstraints(max_length=255)] | None

ANY: Final = "*"
_REVISION: Final = re.compile(r'(?:W/)?"r(\d{1,18})"')


def etag_of(revision: int) -> str:
    return f'"r{revision}"'


def revision_in(if_match: str | None) -> int | None:
    """The revision that If-Match names; None for `*`, which edits whatever is there. Without the header it is a 428."""
    if not if_match:
        raise HttpError(428, "Send the ETag you have seen as If-Match, so that nobody's edit is lost.")
    if if_match.strip() == ANY:
        return None
    found = _REVISION.fullmatch(if_match.strip())
    if found is None:
        raise HttpError(412, "If-Match names no revision of this. Load it again.")
    return int(found[1])


def expected(if_match: Condition) -> str | None:
    """The tag that what is stored must have; None if any will do."""
    tag = (if_match or "").strip().removeprefix("W/").strip('"')
    return tag if tag and tag != ANY else None


def only_new(if_none_match: Condition) -> bool:
    """`If-None-Match: *`: there must be nothing yet."""
    return (if_none_match or "").strip() == ANY
