"""What a body's record keeps, and what it says where it keeps less."""

from typing import Any

import pytest

from executions.masking import Masker
from executions.payloads import AROUND_A_BODY, record
from flows.language import jsontext

MOST = 2048


@pytest.fixture(autouse=True)
def small_bodies(settings: Any) -> None:
    settings.MAX_BODY = MOST


def kept(response: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    found = record({}, response, Masker({}), is_partial=False)
    assert found is not None
    assert found.response is not None
    return jsontext.loads(found.response), found.is_cut


@pytest.mark.parametrize("body", ["x" * MOST, '"' * MOST, "\0" * MOST, "é" * MOST])
def test_a_body_of_the_most_is_kept_in_full_however_it_is_escaped(body: str) -> None:
    response = {"status": 200, "headers": {"X": "y" * 500}, "body": body}
    assert kept(response) == (response, False)


def test_a_longer_one_is_cut_and_says_how_long_it_was() -> None:
    long = "x" * (MOST + AROUND_A_BODY + 1)
    found, is_cut = kept({"status": 200, "body": long})
    assert is_cut
    assert (found["status"], found["body"]["$cut"], found["body"]["size"]) == (200, True, len(long))
    assert long.startswith(found["body"]["text"])
    assert MOST < len(found["body"]["text"]) <= MOST + AROUND_A_BODY


def test_a_secret_at_the_cut_is_masked_before_it() -> None:
    secret = "pl4nted-secret-value"
    body = "x" * (MOST + AROUND_A_BODY - 20) + secret * 3
    found = record({}, {"body": body}, Masker({"KEY": secret}), is_partial=False)
    assert found is not None
    assert "pl4n" not in str(found.response)
