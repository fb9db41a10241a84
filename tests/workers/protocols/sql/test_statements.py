"""What is known of a statement without asking a database: its tokens, its parameters, whether it only reads."""

from contextlib import suppress
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_grows_like_its_input
from workers.errors import StepMisconfigured
from workers.protocols.sql.binding import Bound, Style, bind
from workers.protocols.sql.mode import Mode, mode_of
from workers.protocols.sql.reading import certainly_reads
from workers.protocols.sql.tokens import tokens

PIECES = st.sampled_from(
    [
        "'",
        '"',
        "`",
        "$$",
        "$a$",
        "$1",
        "?",
        "??",
        ":a",
        "::",
        "/*",
        "*/",
        "--",
        "\\n",
        ";",
        "E'",
        "\\",
        "select",
        " ",
        "(",
        ")",
    ]
)
QUERIES = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(QUERIES)
def test_tokens_lose_nothing(query: str) -> None:
    assert "".join(token.text for token in tokens(query)) == query


@given(QUERIES, st.sampled_from(Style))
def test_binding_any_text_binds_or_refuses(query: str, style: Style) -> None:
    for params in (None, [1], {"a": 1}):
        try:
            bound = bind(query, params, style=style)
        except StepMisconfigured:
            continue
        assert len(bound.values) >= (1 if params else 0)


@given(QUERIES)
def test_any_text_reads_or_does_not(query: str) -> None:
    assert certainly_reads(query) in (True, False)
    assert not certainly_reads(f"delete from a {query}")


@pytest.mark.parametrize("piece", ["'", "$a$", "/*", "''", "$", "((", "? ", ":a "])
def test_twice_as_much_of_anything_takes_twice_as_long(piece: str) -> None:
    def read(size: int) -> None:
        query = "select " + piece * (size // len(piece))
        for run in (lambda: certainly_reads(query), lambda: bind(query, {"a": 1}, style=Style.NUMBERED)):
            with suppress(StepMisconfigured):
                run()

    assert_grows_like_its_input(read)


def test_many_different_dollar_quotes_that_never_end() -> None:
    query = "select " + " ".join(f"$tag{number}$" for number in range(50_000))
    started = thread_time()
    assert sum(1 for _ in tokens(query)) == 100_001
    assert thread_time() - started < 5


@pytest.mark.parametrize(
    ("style", "bound"),
    [
        (Style.NUMBERED, Bound("select $1, $1, $2, '::a', x::int", [1, 2])),
        (Style.QUESTION, Bound("select ?, ?, ?, '::a', x::int", [1, 1, 2])),
        (Style.NAMED, Bound("select :p1, :p1, :p2, '\\:\\:a', x\\:\\:int", [1, 2])),
    ],
)
def test_styles(style: Style, bound: Bound) -> None:
    assert bind("select :a, :a, :b, '::a', x::int", {"a": 1, "b": 2}, style=style) == bound


@pytest.mark.parametrize(
    ("transaction", "query", "written", "mode"),
    [
        (None, "select 1", "select 1", Mode.READ_ONLY),
        (None, "select f()", "select f()", Mode.TRANSACTION),
        (None, "select 1; delete from a", "select ${x}", Mode.READ_ONLY),
        (None, "select 1", "${sql}", Mode.READ_ONLY),
        (None, "insert into a values (1)", "insert into a values (1)", Mode.TRANSACTION),
        (None, "vacuum", "vacuum", Mode.AUTOCOMMIT),
        (None, "-- why\nexplain analyze delete from a", "", Mode.AUTOCOMMIT),
        (True, "select 1", "select 1", Mode.TRANSACTION),
        (False, "select 1", "select 1", Mode.AUTOCOMMIT),
        ("read_only", "delete from a", "delete from a", Mode.READ_ONLY),
    ],
)
def test_modes(transaction: bool | str | None, query: str, written: str, mode: Mode) -> None:
    assert mode_of(transaction, query, written) is mode
