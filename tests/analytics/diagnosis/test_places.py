"""Where a piece of evidence is to be seen, and what of a request and an answer is compared at all."""

from typing import Any

import pytest

from analytics.diagnosis.asserted import asserted_ms
from analytics.diagnosis.evidence import NUMBERS, Place
from analytics.diagnosis.places import place_of
from analytics.diagnosis.samples import Exchange, input_differences, response_differences


@pytest.mark.parametrize(
    ("type_", "data", "place"),
    [
        ("shape", {"path": "$.body.lines[*].price"}, Place("steps/a", "response", "$.lines[0].price")),
        ("shape", {"path": "$.body"}, Place("steps/a", "response", "$")),
        ("input", {"path": "$.url"}, Place("steps/a", "request", "")),
        ("made", {"step": "steps/make", "ms": 3}, Place("steps/make", "response", "")),
        ("hours", {}, Place("steps/a", "summary", "")),
        ("fleet", {}, None),
        ("change", {}, None),
    ],
)
def test_a_place_is_a_step_a_tab_and_a_path_in_the_body(type_: str, data: dict[str, Any], place: Place | None) -> None:
    assert place_of(type_, "steps/a", data) == place


def test_every_type_has_a_number_of_its_own() -> None:
    assert sorted(NUMBERS.values()) == list(range(1, len(NUMBERS) + 1))


def exchange(request: Any = None, response: Any = None, status: int = 200) -> Exchange:
    return Exchange(request, response, f'{{"status":{status},"headers"')


def test_a_request_that_was_never_sent_is_compared_by_what_is_known_of_it() -> None:
    sent = [exchange({"method": "GET", "url": "http://a/x", "headers": {"Accept": "*/*"}, "body": None})] * 4
    assert input_differences(exchange({"method": "GET", "url": "http://a/x"}), sent) == []
    (found,) = input_differences(exchange({"method": "GET", "url": "http://b/x"}), sent)
    assert (found.path, found.now) == ("$.url", '"http://b/x"')


def test_credentials_and_lengths_are_no_difference_of_a_request() -> None:
    sent = [exchange({"url": "u", "headers": {"Authorization": "‹masked›", "Content-Length": "3"}})] * 4
    now = exchange({"url": "u", "headers": {"Authorization": "‹other›", "Content-Length": "4"}})
    assert input_differences(now, sent) == []


def test_an_error_is_not_compared_with_answers_that_were_none() -> None:
    before = [exchange(response={"status": 200, "body": {"id": 1}})] * 4
    assert response_differences(exchange(response={"status": 500, "body": "oops"}, status=500), before) == []
    (found,) = response_differences(exchange(response={"status": 200, "body": {}}), before)
    assert (found.path, found.what) == ("$.body.id", "missing")


@pytest.mark.parametrize(
    ("expression", "expected", "ms"),
    [
        ("duration_ms < 300", 300, 300.0),
        ("response.time < 1.5", 1.5, 1.5),
        ("duration_ms < limit", None, None),
        ("body.total == 300", 300, None),
        ("duration_ms > 5 == true", True, None),
    ],
)
def test_the_limit_of_an_assertion_on_the_duration(expression: str, expected: Any, ms: float | None) -> None:
    assert asserted_ms({"expression": expression, "expected": expected}) == ms
