from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.analysis.budget import LEAST, excerpt, fitted
from flows.language import jsontext

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=12), inner, max_size=8),
    max_leaves=30,
)


@settings(max_examples=60, deadline=None)
@given(JSON, st.integers(0, 900))
def test_nothing_is_longer_than_its_room_and_what_fits_is_whole(value: Any, room: int) -> None:
    found = fitted(value, room)
    assert len(jsontext.dumps(found)) <= max(room, LEAST)
    if len(jsontext.dumps(value)) <= room:
        assert found == value
    elif found != value:
        assert "[cut" in jsontext.dumps(found)


def test_what_was_asserted_stays_and_the_rest_is_counted() -> None:
    body = {
        "status": 200,
        "body": {**{f"k{n}": "x" * 50 for n in range(60)}, "state": "pending", "lines": [{"n": n} for n in range(99)]},
    }
    found = fitted(body, 900, keep=[("body", "state"), ("body", "lines", "70", "n")])
    assert found["body"]["state"] == "pending"
    assert {"n": 70} in found["body"]["lines"]
    assert found["body"]["lines"][-1] == "[cut: 3 of 99 items]"
    assert found["body"]["[cut]"].endswith("of 62 keys")


def test_of_a_page_the_title_the_beginning_and_the_lines_of_errors_stay() -> None:
    page = (
        "<html><title>Bad day</title>"
        + "<p>filler</p>\n" * 300
        + "Caused by: java.net.ConnectException\n"
        + "<p>filler</p>\n" * 300
    )
    found = excerpt(page, 2_000)
    assert found.startswith("title: Bad day")
    assert "Caused by: java.net.ConnectException" in found
    assert found.endswith(f"[cut: of {len(page)} characters]")
