"""Of what is too long the beginning, in its own shape; and every character of the rest, piece by piece."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from executions.errors import NoSuchPlace
from executions.excerpts import piece_of, shorten
from flows.language import jsontext

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=5), inner, max_size=80),
    max_leaves=60,
)


def test_what_is_short_stays_as_it_is() -> None:
    assert shorten({"status": 200, "body": "ok"}) == ({"status": 200, "body": "ok"}, [])


def test_a_long_text_gives_its_beginning_and_its_neighbours_stay_whole() -> None:
    shown, [note] = shorten({"body": "x" * 1000, "status": 200, "headers": {"a": "b" * 20}}, limit=200)
    assert (shown["status"], shown["headers"]) == (200, {"a": "b" * 20})
    assert (note.pointer, note.kind, note.total, note.size) == ("/body", "text", 1000, 1000)
    assert shown["body"] == "x" * note.shown
    assert 100 < note.shown < 200


def test_a_list_gives_its_first_items_and_says_how_many_there_are() -> None:
    shown, [note] = shorten({"rows": [[n, "name"] for n in range(1000)]}, limit=200)
    assert shown["rows"] == [[n, "name"] for n in range(note.shown)]
    assert (note.pointer, note.kind, note.total) == ("/rows", "list", 1000)


def test_an_item_too_long_for_the_room_is_itself_cut() -> None:
    shown, notes = shorten({"messages": [{"value": "x" * 500}, {"value": "y"}]}, limit=100)
    assert [(note.pointer, note.kind) for note in notes] == [("/messages/0/value", "text"), ("/messages", "list")]
    assert shown["messages"][0]["value"].startswith("xx")


@settings(deadline=None)
@given(VALUES, st.integers(20, 200))
@example({"0": None, "1": None, "2": None, "000": None, "00000": []}, 20)
def test_what_is_sent_is_short_and_all_of_it_is_true(value: Any, limit: int) -> None:
    shown, notes = shorten(value, limit)
    if not notes:
        assert shown == value
    for note in notes:
        assert note.shown < note.total or note.kind == "text"
        whole = piece_of(value, note.pointer, 0, 10**9)
        assert (whole.total, whole.next) == (note.size, None)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60), st.integers(1, 7))
def test_pieces_laid_end_to_end_are_the_whole(text: str, limit: int) -> None:
    got = ""
    offset: int | None = 0
    while offset is not None:
        piece = piece_of({"a/b": [text]}, "/a~1b/0", offset, limit)
        got, offset = got + piece.text, piece.next
    assert got == text
    assert jsontext.loads(piece_of({"a/b": [text]}, "", 0, 10**6).text) == {"a/b": [text]}


@pytest.mark.parametrize("pointer", ["/x", "/list/9", "/list/-1", "/text/0", "/list/0/deeper", "/none/x"])
def test_a_pointer_to_nothing_is_told_so(pointer: str) -> None:
    with pytest.raises(NoSuchPlace, match=pointer):
        piece_of({"list": [1], "text": "abc", "none": None}, pointer, 0, 10)
