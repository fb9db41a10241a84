"""Whole JSON values: what is hidden, what is kept, and that nothing a body may be breaks it."""

import copy
import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from executions.masking import Masker
from tests.executions.masking.test_values import ENCODINGS, secrets

names = st.text("abcdeXYZ_-", max_size=8)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text('abcxyz{}:" ', max_size=12), st.decimals(allow_nan=False)
)
documents = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return [shape(child) for child in value.values()]
    return [shape(child) for child in value] if isinstance(value, list) else None


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


@settings(deadline=None)
@given(documents, secrets, st.sampled_from(sorted(ENCODINGS)), st.data())
def test_no_planted_secret_survives_anywhere_in_a_document(
    document: Any, secret: str, encoding: str, data: st.DataObject
) -> None:
    # Given a document with the secret in one encoding as a leaf, within a text, and as a key
    written = ENCODINGS[encoding](secret)
    planted = {"a": document, "b": [{"x": written}, f"before {written} after"], written: document}
    original = copy.deepcopy(planted)
    masker = Masker({"PLANTED": secret})
    # When it is masked
    masked = masker.value(planted)
    # Then nothing of it is left, the rest has its shape, and the original is untouched
    assert all(way(secret) not in dumped(masked) for way in ENCODINGS.values() if len(way(secret)) >= 8)
    assert shape(masked) == shape(original)
    assert planted == original
    assert masker.value(masked) == masked


@settings(deadline=None)
@given(documents)
def test_a_document_without_secrets_is_the_same_object(document: Any) -> None:
    masker = Masker({"PW": "correct-horse-battery"})
    assert masker.value(document) is document


@settings(deadline=None)
@given(documents, secrets)
def test_equal_documents_stay_equal(document: Any, secret: str) -> None:
    masker = Masker({"PW": secret})
    assert masker.value([document, secret]) == masker.value(copy.deepcopy([document, secret]))


def test_only_what_leads_to_a_secret_is_copied() -> None:
    document = {"kept": {"deep": [1, 2]}, "changed": [{"x": "hunter-two"}]}
    masked = Masker({"PW": "hunter-two"}).value(document)
    assert masked == {"kept": {"deep": [1, 2]}, "changed": [{"x": "‹secret:PW›"}]}
    assert masked["kept"] is document["kept"]


def test_what_stands_under_a_secret_name_is_hidden_at_any_depth() -> None:
    document = {
        "user": {"name": "alice", "password": "hunter2", "apiKey": ["k1", {"old": "k2", "age": 3}], "active": True},
        "credentials": {"ok": True, "none": None, "empty": "", "pin": 1234},
    }
    assert Masker({}).value(document) == {
        "user": {
            "name": "alice",
            "password": "‹secret:password›",
            "apiKey": ["‹secret:api_key›", {"old": "‹secret:api_key›", "age": "‹secret:api_key›"}],
            "active": True,
        },
        "credentials": {"ok": True, "none": None, "empty": "", "pin": "‹secret:credentials›"},
    }


def test_a_known_secret_under_a_secret_name_keeps_its_own_name() -> None:
    assert Masker({"DB_PASS": "hunter-two"}).value({"password": "hunter-two"}) == {"password": "‹secret:DB_PASS›"}


def test_counts_of_tokens_are_kept() -> None:
    usage = {"usage": {"tokens": 12, "total_tokens": 40, "token_count": 3}}
    assert Masker({}).value(usage) is usage


def test_names_beside_their_values_count_too() -> None:
    masked = Masker({}).value(
        {
            "captured": [{"name": "session_token", "value": "abc", "path": "$.t"}],
            "metadata": [["X-Api-Key", "abc"], ["a", "b"]],
        }
    )
    assert masked["captured"] == [{"name": "session_token", "value": "‹secret:session_token›", "path": "$.t"}]
    assert masked["metadata"] == [["X-Api-Key", "‹secret:x_api_key›"], ["a", "b"]]


def test_headers_keep_their_scheme_and_cookies_their_names() -> None:
    headers = {
        "Authorization": "Bearer abc.def",
        "proxy-authorization": "Basic dXNlcjpwYXNz",
        "Cookie": "sid=abc; theme=dark",
        "Set-Cookie": "sid=abc; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT, other=x; Max-Age=60",
        "X-Api-Key": "abc",
        "Accept": "*/*",
    }
    assert Masker({}).value(headers) == {
        "Authorization": "Bearer ‹secret:authorization›",
        "proxy-authorization": "Basic ‹secret:authorization›",
        "Cookie": "sid=‹secret:cookie›; theme=‹secret:cookie›",
        "Set-Cookie": "sid=‹secret:set_cookie›; Path=/; HttpOnly; Expires=‹secret:set_cookie›; Max-Age=60",
        "X-Api-Key": "‹secret:x_api_key›",
        "Accept": "*/*",
    }


def test_a_password_that_begins_like_a_scheme_is_hidden_whole() -> None:
    assert Masker({}).value({"password": "Basic instinct"}) == {"password": "‹secret:password›"}


def test_a_number_that_is_a_secret_is_hidden_in_every_type() -> None:
    masker = Masker({"PIN": "123456", "RATE": "12.50", "NOT": "nan"})
    document = [123456, 123456.0, Decimal("123456.00"), Decimal("12.5"), 12.5, "123456", 1234567, True, None]
    pin, rate = "‹secret:PIN›", "‹secret:RATE›"
    assert masker.value(document) == [pin, pin, pin, rate, rate, pin, 1234567, True, None]
    assert masker.value(123456) == pin


def test_two_keys_with_the_same_secret_stay_two() -> None:
    masked = Masker({"PW": "hunter-two"}).value({"hunter-two": 1, "68756e7465722d74776f": 2})
    assert masked == {"‹secret:PW›": 1, "‹secret:PW› (2)": 2}


def test_nesting_deeper_than_the_stack_is_walked() -> None:
    deep: Any = "hunter-two"
    for level in range(20_000):
        deep = [deep] if level % 2 else {"k": deep}
    masked = Masker({"PW": "hunter-two"}).value(deep)
    for level in range(19_999, -1, -1):
        masked = masked[0] if level % 2 else masked["k"]
    assert masked == "‹secret:PW›"


def test_a_captured_object_is_known_by_its_leaves() -> None:
    masker = Masker({}).with_secret("login_token", {"a": ["tok-1234", {"b": 987654}], "ok": True, "n": None, "s": "ab"})
    assert masker.text("x tok-1234 y 987654 true ab") == "x ‹secret:login_token› y ‹secret:login_token› true ab"
    assert masker.value([987654, True, "ab"]) == ["‹secret:login_token›", True, "ab"]


def test_learning_a_known_or_worthless_value_changes_nothing() -> None:
    masker = Masker({"PW": "hunter-two"})
    worthless: list[Any] = ["hunter-two", "", None, True, 1, "abc", "password", {}]
    for value in worthless:
        assert masker.with_secret("token", value) is masker


def test_a_masker_with_one_more_secret_leaves_the_first_as_it_was() -> None:
    first = Masker({"PW": "hunter-two"})
    first.with_secret("T", "tok-1234")
    assert first.text("tok-1234 hunter-two") == "tok-1234 ‹secret:PW›"


def test_what_a_response_names_a_secret_is_found_again_elsewhere() -> None:
    response = {
        "access_token": "at-12345",
        "headers": {"Authorization": "Bearer zz99zz99"},
        "errors": {"password": "is required"},
        "cookies": {"lang": "accepted-all"},
    }
    masker = Masker({}).learning_from(response)
    assert masker.text("GET /t/at-12345 zz99zz99") == "GET /t/‹secret:access_token› ‹secret:authorization›"
    assert masker.text("is required, accepted-all") == "is required, accepted-all"
    assert Masker({}).learning_from({"a": [1, {"b": "at-12345"}]}).text("at-12345") == "at-12345"
