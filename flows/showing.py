"""Values and texts on an admin page, for reading."""

from typing import Any

import simplejson
from django.utils.html import format_html
from django.utils.safestring import SafeString

SHORT = 2000


def pretty(value: Any) -> str:
    """Indented JSON; what no text can hold is written as an escape."""
    text = simplejson.dumps(value, use_decimal=True, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace").decode()


def short(value: Any) -> str:
    text = pretty(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]} … ({len(text)} characters)"


def text_block(text: str) -> SafeString:
    return format_html('<pre style="white-space:pre-wrap;margin:0;max-width:110ch">{}</pre>', text)


def block(value: Any) -> SafeString:
    return text_block(pretty(value)) if value else SafeString("–")
