import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.analysis.scrubbing import scrubbed
from executions.masking import Masker
from flows.language import jsontext

PLANTED = "Tr0ub4dor&3 zürich/+"


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["plain", "base64", "url", "json"]))
def test_no_planted_secret_survives_in_any_form(before: str, after: str, form: str) -> None:
    shown = {
        "plain": PLANTED,
        "base64": base64.b64encode(PLANTED.encode()).decode(),
        "url": quote(PLANTED, safe=""),
        "json": jsontext.dumps(PLANTED)[1:-1],
    }[form]
    text = jsontext.dumps(scrubbed({"a": [f"{before}{shown}{after}"], f"k{shown}": 1}, Masker({"PLANTED": PLANTED})))
    assert jsontext.dumps(shown)[1:-1] not in text
    assert PLANTED not in text


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_abcdefghijklmnopqrstuvwx",
        "anna@shop.example",
        "4111 1111 1111 1111",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_what_looks_like_a_secret_is_taken_out_too(secret: str) -> None:
    found = scrubbed({"body": f"see {secret} there"}, Masker({}))
    assert secret not in found["body"]
    assert found["body"].startswith("see ‹secret:")
    assert found["body"].endswith("› there")


def test_numbers_that_are_no_cards_and_equal_values_stay_what_they_are() -> None:
    kept = {
        "order": "4111 1111 1111 1112",
        "at": "2026-11-30T10:00:00Z",
        "n": 4711,
        "id": "8475972d-d4b6-46ab-88a7-fe2191c36dc1",
    }
    assert scrubbed(kept, Masker({})) == kept
    found = scrubbed(["a anna@x.example", "b anna@x.example"], Masker({}))
    assert found[0][2:] == found[1][2:]
