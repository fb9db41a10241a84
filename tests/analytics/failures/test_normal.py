"""Texts that are one failure, and texts that are not."""

import json
import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.failures.normal import LONGEST, normal

SAME = [
    ("Order 4711 is closed.", "Order 82 is closed."),
    ("No user anna@example.org", "No user bob.b@example.co.uk"),
    ("lock 7d9f0c0e-26a5-4b7e-9df1-7d9f0c0e26a5 held", "lock 00000000-26a5-4b7e-9df1-111111111111 held"),
    ("since 2026-11-20T10:11:12.5Z", "since 2026-01-01 00:00:00+02:00"),
    ("GET http://a.test/x?id=1 failed", "GET https://b.test/y failed"),
    ("10.0.0.1:5432 is away", "10.0.0.254:6000 is away"),
    ("api.example.org:8443 is away", "db-2.internal:5432 is away"),
    ("No answer within 30 s.", "No answer within 1.5 s."),
    ("too large: 12 kB", "too large: 4096 kB"),
    ("unknown ord_12ab", "unknown ord_99zz"),
    ("digest 9f86d081884c7d65", "digest 60303ae22b998861"),
    ("ids 1, 2, 3 and 4", "ids 7, 8 and 9"),
    ('value "some long text 1" is wrong', 'value "another, longer text" is wrong'),
    ("KEY  (id)=(5)\n\n  DETAIL", "key (id)=(77) detail"),
    ("request 01ARZ3NDEKTSV4RRFFQ69G5FAV", "request 01BX5ZZKBKACTAV9WEVGEMMVRZ"),
    ("at 10:22:01", "at 23:59:59.999"),
    ("token eyJhbGciOiJIUzI1.eyJzdWIiOiIx.abc", "token eyJraWQiOiJhYmMi.eyJmb28iOiJi.zzz"),
    ("one\ntwo\nthree\nfour 1", "one\ntwo\nthree\nfive"),
    ("job z1y2x3w4v5u6 stuck", "job a9b8c7d6e5f4 stuck"),
]
OTHER = [
    ("HTTP 503", "HTTP 404"),
    ("SQLSTATE 23505", "SQLSTATE 23503"),
    ("status 401", "status 403"),
    ("status code: 500", "status code: 400"),
    ('column "price" does not exist', 'column "total" does not exist'),
    ("constraint 'orders_pkey'", "constraint 'users_pkey'"),
    ("ORA-00942", "ORA-01017"),
    ("errno 111", "errno 104"),
    ("connection refused", "connection reset"),
    ("can't find 'rows' in it", "can't find 'items' in it"),
    ("exit code 1", "exit code 137"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_one(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_these_are_two(one: str, other: str) -> None:
    assert normal(one) != normal(other)


texts = st.text() | st.lists(
    st.sampled_from(
        [text for pair in SAME + OTHER for text in pair] + ["'", '"', ",", " ", "<n>", "‹secret:x›", "x" * 99]
    )
).map(" ".join)


@given(texts)
def test_what_is_normal_stays_as_it_is(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
    assert len(once) <= LONGEST


def test_marks_of_the_masker_stay() -> None:
    assert normal("login with ‹secret:DB_PASS› failed") == "login with ‹secret:db_pass› failed"


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "4f2a1c9e8b7d6a5f4e3d2c1b0a9f8e7d",
        "sk_live12ab34cd",
        "postgresql://u:hunter2@db/x",
    ],
)
def test_what_looks_like_a_credential_does_not_survive(secret: str) -> None:
    assert secret.casefold() not in normal(f"refused: {secret} is not welcome")


@pytest.mark.parametrize(
    "unit", ["a", "1", "a1", "'", '"', "<", "a.", "1.", "a@", "a-", "0:", "[:", " ", "eyj", "x_1", "http:"]
)
def test_a_hundred_kilobytes_cost_little_more_than_ten(unit: str) -> None:
    short, long = unit * (10_000 // len(unit)), unit * (100_000 // len(unit))
    normal(short)
    began = perf_counter()
    normal(long)
    assert perf_counter() - began < 5  # quadratic would be minutes; what a busy machine adds is not


def test_nothing_of_a_long_line_but_its_beginning_counts() -> None:
    assert normal("x " * 5_000 + "1") == normal("x " * 6_000 + "2")
    assert not re.search(r"\d", normal(json.dumps({"id": 5, "at": "2026-01-01"})))
