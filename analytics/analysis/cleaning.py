"""Text of a model as plain text: no links, no markup, no characters that hide or turn round others."""

import re
from typing import Final

LONGEST: Final = 700
_IMAGE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)?")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)?")
_URL: Final = re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,20}://|(?:javascript|data|mailto):|www\.)[^\s<>\"'`)\]]+", re.I)
_TAG: Final = re.compile(r"</?[a-zA-Z!][^<>]*>?")
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPACE: Final = re.compile(r"\s+")


def plain(text: str) -> str:
    """In one line and not too long."""
    text = _HIDDEN.sub("", text)
    before = None
    while text != before:  # what is taken out may leave another behind
        before = text
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
        text = _TAG.sub("", _URL.sub("", text))
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
