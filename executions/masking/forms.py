"""The ways a secret's value can appear in recorded text: as it is, and in the encodings things on the way apply."""

import html
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

MIN_ENCODED: Final = 3  # characters; an encoding of anything shorter is in every text
MIN_CORE: Final = 5  # base64 characters; four would be met by chance in a few megabytes
MIN_LINE: Final = 16  # characters of one line of a secret of many lines

# What encoders leave alone: RFC 3986 strictly, paths, JavaScript's encodeURIComponent and encodeURI, requests, Java.
_URL_SAFE: Final = ("", "/", "!'()*", ";,/?:@&=+$-_.!~*'()#", "!#$%&'()*+,/:;=?@[]~", "*")
_HTML: Final[tuple[Mapping[str, str], ...]] = (
    {"&": "&amp;", "<": "&lt;", ">": "&gt;"},
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"},
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"},
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"},
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"},
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"},
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "+": "&#43;"},
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;", "`": "&#x60;", "=": "&#x3D;"},
)
_GO_JSON: Final = {ord("&"): "\\u0026", ord("<"): "\\u003c", ord(">"): "\\u003e"}
_NET_JSON: Final = {ord(char): f"\\u{ord(char):04X}" for char in "&<>+'`"}


@lru_cache(maxsize=512)
def forms_of(value: str) -> tuple[str, ...]:
    """Every form of `value` that is looked for, itself first."""
    plain = dict.fromkeys(_spellings(value))
    forms = dict(plain)
    for spelling in plain:
        if len(spelling) >= MIN_ENCODED:
            forms |= dict.fromkeys(_encodings(spelling))
    return tuple(forms)


def _spellings(value: str) -> Iterator[str]:
    """The value, and what is left of it where ends are trimmed or lines are shown one by one."""
    yield value
    stripped = value.strip()
    if len(stripped) >= MIN_ENCODED:
        yield stripped
    if "\n" in stripped:
        unix = stripped.replace("\r\n", "\n")
        yield unix
        yield unix.replace("\n", "\r\n")
        for line in unix.split("\n"):
            if len(line.strip()) >= MIN_LINE and not line.startswith("-----"):
                yield line.strip()


def _encodings(value: str) -> Iterator[str]:
    once = dict.fromkeys(_escapes(value))
    yield from once
    for text in once:
        yield from _escapes_again(text)
    for text in dict.fromkeys((value, *_json_escapes(value), quote(value, safe="", errors="surrogatepass"))):
        for raw in _as_bytes(text):
            yield from _hex(raw)
            yield from _base64(raw)


def _escapes(value: str) -> Iterator[str]:
    yield value
    yield from _json_escapes(value)
    yield from _url_escapes(value)
    for table in _HTML:
        yield value.translate({ord(plain): escaped for plain, escaped in table.items()})
    yield html.escape(value)
    yield repr(value)[1:-1]
    yield value.replace("'", "''")  # inside a SQL literal
    yield value.replace("'", "\\'")


def _escapes_again(value: str) -> Iterator[str]:
    """JSON inside JSON, a URL inside a URL, JSON inside a form: escaped text escaped once more."""
    for text in (*_json_escapes(value), quote(value, safe="", errors="surrogatepass")):
        yield text
        yield from _both_cases(text)


def _json_escapes(value: str) -> Iterator[str]:
    for ensure_ascii in (True, False):
        text = json.dumps(value, ensure_ascii=ensure_ascii)[1:-1]
        yield text
        yield text.replace("/", "\\/")
        yield text.translate(_GO_JSON)
        yield text.replace('\\"', "\\u0022").translate(_NET_JSON)


def _url_escapes(value: str) -> Iterator[str]:
    for safe in _URL_SAFE:
        text = quote(value, safe=safe, errors="surrogatepass")
        yield from _both_cases(text)
        yield from _both_cases(text.replace("~", "%7E"))
    yield from _both_cases(quote_plus(value, errors="surrogatepass"))
    yield from _both_cases(quote_plus(value, safe="*", errors="surrogatepass").replace("~", "%7E"))
    for raw in _as_bytes(value):
        yield from _both_cases("".join(f"%{byte:02X}" for byte in raw))
        yield from _both_cases(quote(raw, safe=""))


def _both_cases(text: str) -> Iterator[str]:
    """`%2F` and `%2f`."""
    yield text
    pieces = text.split("%")
    yield "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])


def _as_bytes(value: str) -> Iterable[bytes]:
    """In UTF-8, and in Latin-1 as HTTP's Basic credentials often are."""
    found = {value.encode("utf-8", "surrogatepass"): None}
    with suppress(UnicodeEncodeError):
        found[value.encode("latin-1")] = None
    return found


def _hex(raw: bytes) -> Iterator[str]:
    yield raw.hex()
    yield raw.hex().upper()


def _base64(raw: bytes) -> Iterator[str]:
    """Base64 of `raw` alone, and the part of it that is the same wherever `raw` stands inside something longer."""
    whole = b64encode(raw).decode()
    texts = [whole, whole.rstrip("=")]
    for offset in range(3):
        start, end = -(-8 * offset // 6), 8 * (offset + len(raw)) // 6
        core = b64encode(bytes(offset) + raw).decode()[start:end]
        if len(core) >= MIN_CORE:
            texts.append(core)
    for text in texts:
        yield from _in_text(text)
        yield from _in_text(text.replace("+", "-").replace("/", "_"))


def _in_text(base64_text: str) -> Iterator[str]:
    yield base64_text
    yield base64_text.replace("/", "\\/")
    yield from _both_cases(quote(base64_text, safe=""))
