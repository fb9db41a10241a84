"""The search box: taken apart without a database, and told what is wrong with a word."""

from datetime import UTC, datetime, timedelta

import pytest

from executions.errors import SearchInvalid
from executions.search import Search, Term, parse_search

NOW = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)


def parse(text: str) -> Search:
    return parse_search(text, now=NOW)


def test_words_values_and_quotes() -> None:
    found = parse('status:failed,timed_out flow:checkout error:"timed out, again" -tag:smoke unresolved "pay now" -x')
    assert found.terms == (
        Term("status", ("failed", "timed_out")),
        Term("flow", ("checkout",)),
        Term("error", ("timed out, again",)),
        Term("tag", ("smoke",), is_negated=True),
        Term("unresolved"),
        Term("text", ("pay now",)),
        Term("text", ("x",), is_negated=True),
    )


def test_other_ways_to_say_it() -> None:
    assert parse("STATUS:Failed environment:staging slow slow:2x slow: label.Commit:aBc").terms == (
        Term("status", ("failed",)),
        Term("env", ("staging",)),
        Term("slow", ("1.5",)),
        Term("slow", ("2",)),
        Term("slow", ("1.5",)),
        Term("label.Commit", ("aBc",)),
    )
    assert parse("") == parse("   ") == Search()
    assert parse('error:"not closed yet').terms == (Term("error", ("not closed yet",)),)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30m", NOW - timedelta(minutes=30)),
        ("24h", NOW - timedelta(hours=24)),
        ("7d", NOW - timedelta(days=7)),
        ("today", datetime(2026, 3, 31, tzinfo=UTC)),
        ("yesterday", datetime(2026, 3, 30, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_times(text: str, moment: datetime) -> None:
    assert parse(f"since:{text}") == Search(since=moment)
    assert parse(f"until:{text}") == Search(until=moment)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stauts:failed", "There is no search word stauts. The nearest is status."),
        ("http://shop", 'Quote "http://shop"'),
        ("status:faild", "status:faild means nothing. The nearest is status:failed."),
        ("trigger:cron", "There are user, schedule,"),
        ("since:soon", "since:soon is no time."),
        ("-since:24h", "Say until:24h."),
        ("flow:", "flow: needs a value."),
        ("label.:x", "There is no search word label."),
        ("slow:fast", "slow:fast means nothing."),
        ("unresolved:yes", "unresolved takes no value."),
        ('""', "nothing to look for"),
        ("x" * 2001, "2000 is the most"),
        ("x " * 51, "50 is the most"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(SearchInvalid) as caught:
        parse(text)
    assert said in str(caught.value)
