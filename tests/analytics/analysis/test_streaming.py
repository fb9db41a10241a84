from hypothesis import given
from hypothesis import strategies as st

from analytics.analysis.canned import canned
from analytics.analysis.streaming import finished
from flows.language import jsontext
from tests.analytics.analysis.documents import document

WHOLE = canned(document())
TEXT = jsontext.dumps(WHOLE)


@given(st.integers(0, len(TEXT)))
def test_whatever_has_come_so_far_only_finished_parts_are_given(length: int) -> None:
    for name, value in finished(TEXT[:length]).items():
        if isinstance(value, list):
            assert value == WHOLE[name][: len(value)]
        else:
            assert value == WHOLE[name]


def test_what_is_no_object_has_no_parts() -> None:
    assert finished("") == finished("[1, 2]") == finished("Sorry, no.") == {}
