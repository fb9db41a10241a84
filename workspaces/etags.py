"""Editing what one has seen: the ETag of an answer comes back as If-Match, so that nobody overwrites somebody else."""

import re
from typing import Final

from ninja.errors import HttpError

_REVISION: Final = re.compile(r'(?:W/)?"r(\d{1,18})"')


def etag_of(revision: int) -> str:
    return f'"r{revision}"'


def revision_in(if_match: str | None) -> int | None:
    """The revision that If-Match names; None for `*`, which edits whatever is there. Without the header it is a 428."""
    if not if_match:
        raise HttpError(428, "Send the ETag you have seen as If-Match, so that nobody's edit is lost.")
    if if_match.strip() == "*":
        return None
    found = _REVISION.fullmatch(if_match.strip())
    if found is None:
        raise HttpError(412, "If-Match names no revision of this. Load it again.")
    return int(found[1])
