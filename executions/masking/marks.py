"""The mark that stands where a secret was: `‹secret:NAME›`."""

import re
from typing import Final

OPENING: Final = "‹secret:"
MARK: Final = re.compile(r"‹secret:[^‹›\s]{1,64}›")
_ONLY_MARKS: Final = re.compile(r"(?:‹secret:[^‹›\s]{1,64}›)+")
_FOREIGN: Final = re.compile(r"[^\w.-]+")


def mark(name: str) -> str:
    """The mark for `name`, the same each time, so that equal secrets still look equal."""
    return f"{OPENING}{_FOREIGN.sub('_', name)[:64] or 'value'}›"


def is_masked(text: str) -> bool:
    """Whether `text` is nothing but marks: there is no more to hide."""
    return text.startswith(OPENING) and _ONLY_MARKS.fullmatch(text) is not None
