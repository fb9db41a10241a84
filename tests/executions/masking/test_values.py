"""Known secrets are found in whatever encoding they come, and nothing else changes."""

import base64
import html
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from executions.masking import Masker

# Characters every encoder treats differently, letters among them; `‹` and `›` are ours.
ODD = "/+=&%\"'\\<> ?#:@!~*$é漢\U0001f600\n\t;,()[]{}"
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
secrets = st.text(LETTERS + ODD, min_size=8, max_size=40).filter(
    lambda s: s.strip() == s and sum(char in LETTERS for char in s) >= 6
)


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def every_byte(secret: str) -> str:
    return "".join(f"%{byte:02x}" for byte in secret.encode())


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "base64": lambda s: b64(s.encode()),
    "base64 without padding": lambda s: b64(s.encode()).rstrip("="),
    "urlsafe base64": lambda s: base64.urlsafe_b64encode(s.encode()).decode(),
    "basic pair": lambda s: b64(b"alice:" + s.encode()),
    "basic pair, second alignment": lambda s: b64(b"bob12:" + s.encode()),
    "basic pair, third alignment": lambda s: b64(b"carol12:" + s.encode()),
    "base64 of JSON": lambda s: b64(json.dumps({"pw": s}).encode()),
    "base64 in a URL": lambda s: quote(b64(s.encode()), safe=""),
    "quote": quote,
    "quote all": lambda s: quote(s, safe=""),
    "quote_plus": quote_plus,
    "quote in lower case": lambda s: re.sub("%..", lambda code: code.group().lower(), quote(s, safe="")),
    "every byte": every_byte,
    "every byte in upper case": lambda s: "".join(f"%{byte:02X}" for byte in s.encode()),
    "quoted twice": lambda s: quote(quote(s, safe=""), safe=""),
    "JSON": lambda s: json.dumps(s)[1:-1],
    "JSON in Unicode": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "JSON with escaped slashes": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda s: json.dumps(json.dumps(s))[3:-3],
    "JSON in a form": lambda s: quote(json.dumps(s)[1:-1], safe=""),
    "HTML": html.escape,
    "HTML, quotes left": lambda s: html.escape(s, quote=False),
    "hex": lambda s: s.encode().hex(),
    "HEX": lambda s: s.encode().hex().upper(),
    "repr": lambda s: repr(s)[1:-1],
    "SQL literal": lambda s: s.replace("'", "''"),
}


def core(text: str) -> str:
    """What is left of a base64 text without the characters it shares with its neighbours."""
    return text.rstrip("=")[2:-2]


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None)
@given(secret=secrets, before=st.text("xyz,. ", max_size=5), after=st.text("xyz,. ", max_size=5))
def test_a_secret_is_hidden_in_every_encoding(encoding: str, secret: str, before: str, after: str) -> None:
    written = ENCODINGS[encoding](secret)
    masked = Masker({"API_PASS": secret}).text(f"{before}|{written}|{after}")
    assert "‹secret:API_PASS›" in masked
    for way in ("as it is", "quote all", "JSON", "hex", "base64 without padding"):
        assert ENCODINGS[way](secret) not in masked
    if encoding not in ("basic pair", "basic pair, second alignment", "basic pair, third alignment", "base64 of JSON"):
        assert masked == f"{before}|‹secret:API_PASS›|{after}"


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "someone@example.com"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
def test_base64_around_a_secret_keeps_no_part_of_it(user: str, after: str) -> None:
    secret = "s3cr3t/Pa55+word="
    pair = b64(f"{user}:{secret}{after}".encode())
    masked = Masker({"PW": secret}).text(pair)
    start, end = len(f"{user}:"), len(f"{user}:{secret}")
    inner = pair[-(-8 * start // 6) : 8 * end // 6]
    assert "‹secret:PW›" in masked
    assert not any(inner[at : at + 4] in masked for at in range(len(inner) - 3))


def test_a_secret_within_a_secret_is_hidden_by_the_longer() -> None:
    masker = Masker({"SHORT": "horse-battery", "LONG": "correct-horse-battery-staple"})
    assert masker.text("correct-horse-battery-staple") == "‹secret:LONG›"
    assert masker.text("a horse-battery b") == "a ‹secret:SHORT› b"


def test_overlapping_secrets_leave_no_tail() -> None:
    masker = Masker({"ONE": "abcdef-ghijkl", "TWO": "ghijkl-mnopqr"})
    assert masker.text("<abcdef-ghijkl-mnopqr>") == "<‹secret:ONE›>"


def test_a_secret_that_stands_in_its_own_mark_is_masked_once() -> None:
    masker = Masker({"stripe_live": "stripe_live", "other": "secret:stri"})
    once = masker.text("key stripe_live ends")
    assert once == "key ‹secret:stripe_live› ends"
    assert masker.text(once) == once


def test_a_forged_mark_hides_no_secret() -> None:
    assert "hunter2!" not in Masker({"PW": "hunter2!"}).text("‹secret:hunter2!›")


def test_letter_case_matters() -> None:
    assert Masker({"PW": "HunterTwo"}).text("huntertwo") == "huntertwo"


def test_each_line_of_a_key_is_a_secret_and_its_header_is_not() -> None:
    pem = "-----BEGIN THING-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7VJTU\n-----END THING-----\n"
    masker = Masker({"PEM": pem})
    assert masker.text(f"<{pem}>") == "<‹secret:PEM›>"
    assert masker.text("at MIIEvQIBADANBgkqhkiG9w0BAQEF: bad") == "at ‹secret:PEM›: bad"
    assert masker.text("-----BEGIN THING-----") == "-----BEGIN THING-----"
    assert masker.text(pem.strip().replace("\n", "\r\n")) == "‹secret:PEM›"


def test_spaces_around_a_secret_do_not_protect_it() -> None:
    assert Masker({"FILE": "tok-123456\n"}).text("Bearer: tok-123456.") == "Bearer: ‹secret:FILE›."


def test_lone_surrogates_and_nul_are_no_hiding_place() -> None:
    masker = Masker({"PW": "hunter-two"})
    assert masker.text("\ud800\0hunter-two\udfff") == "\ud800\0‹secret:PW›\udfff"
    assert Masker({"PW": "\ud800hunter"}).text("a \ud800hunter b") == "a ‹secret:PW› b"


def test_letters_outside_ascii_do_not_move_what_is_hidden() -> None:
    assert Masker({"PW": "hunter-two"}).text("İß漢😀hunter-two漢") == "İß漢😀‹secret:PW›漢"


def test_a_secret_across_the_seam_of_two_parts_of_a_long_text_is_found() -> None:
    masker = Masker({"PW": "hunter-two"})
    for at in range((1 << 18) - 12, (1 << 18) + 2):
        text = "." * at + "hunter-two" + "." * 300_000
        assert masker.text(text) == "." * at + "‹secret:PW›" + "." * 300_000


@settings(deadline=None)
@given(st.lists(secrets, min_size=1, max_size=4, unique=True), st.data())
def test_masking_twice_is_masking_once_and_equal_stays_equal(values: list[str], data: st.DataObject) -> None:
    masker = Masker({f"S{number}": value for number, value in enumerate(values)})
    piece = st.one_of(st.sampled_from(values), st.text(max_size=8), st.sampled_from(["password=", "://a:", "@", '"']))
    text = "".join(data.draw(st.lists(piece, max_size=8)))
    once = masker.text(text)
    assert masker.text(once) == once
    assert masker.text("".join(list(text))) == once


@settings(deadline=None)
@given(st.text(max_size=60))
def test_without_secrets_text_that_names_none_is_the_same_object(text: str) -> None:
    assume(Masker({}).text(text) == text)
    assert Masker({}).text(text) is text
    assert Masker({"": "", "EMPTY": ""}).text(text) is text


def test_a_masker_never_shows_its_secrets() -> None:
    masker: Any = Masker({"PW": "hunter-two"}).with_secret("T", "other-secret")
    assert "hunter" not in f"{masker!r} {masker}"
    assert "other" not in f"{masker!r} {masker}"
