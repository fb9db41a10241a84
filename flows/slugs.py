"""A flow's slug: its name as it stands in an address or on a command line."""

import hashlib
import unicodedata

from django.utils.text import slugify

MAX_LENGTH = 255


def slug_of(name: str) -> str:
    """`Café Größe` → `cafe-große`, `Оплата` → `оплата`; a name without letters or digits gets one from its hash.

    Accents fall off Latin letters only: elsewhere a mark often makes another letter.
    """
    slug = slugify("".join(_plain(character) for character in unicodedata.normalize("NFC", name)), allow_unicode=True)
    return slug[:MAX_LENGTH].strip("-_") or f"flow-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base.isascii() else character


def same_name(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case and spaces."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
