import contextlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.durations import BadDuration, format_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("300ms", 0.3),
        ("2s", 2.0),
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        ("1h 5m", 3900.0),
        (" 2s ", 2.0),
        ("30", 30.0),
        ("0.25", 0.25),
        (30, 30.0),
        (0.5, 0.5),
        (Decimal("0.5"), 0.5),
        (0, 0.0),
        ("0s", 0.0),
    ],
)
def test_a_duration_is_read(written: Any, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            " ",
            "2x",
            "s",
            "1m30",
            "5 minutes",
            "1d",
            "2S",
            "-2s",
            "--2",
            "1e3",
            "inf",
            "nan",
            "٣s",
            "1:30",
            "9" * 400,
        ),
        *(-1, -0.5, float("inf"), float("nan"), 10**400, True, False, None, [], {}),
    ],
)
def test_anything_else_is_refused_with_advice(written: Any) -> None:
    with pytest.raises(BadDuration, match=r"Write 300ms, 2s, 1m30s, 1\.5h or a number of seconds"):
        parse_duration(written)


def test_the_message_says_what_was_given() -> None:
    with pytest.raises(BadDuration, match='"2x" is not a duration'):
        parse_duration("2x")
    with pytest.raises(BadDuration, match="longer than a year"):
        parse_duration("9000h")


@given(st.integers(0, 10**10))
def test_what_is_written_is_read_again(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds / 1000)) == pytest.approx(milliseconds / 1000)


@given(st.text(max_size=80))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with contextlib.suppress(BadDuration):
        assert parse_duration(text) >= 0
