"""The SDK against a server that misbehaves, over a socket."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from analytics.analysis.fake import FakeAnthropic
from analytics.analysis.order import Order, Reply
from analytics.analysis.outcomes import AskingFailed
from flows.language import jsontext
from tests.analytics.analysis.documents import document

KEY = "key-of-the-test-and-of-nobody-else"


def ask(*given: Any, **how: Any) -> Reply:
    """The SDK takes seconds to load, so it is where it is used: every process of the tests collects this file."""
    from analytics.analysis.asking import ask

    return ask(*given, **how)


def order(fake: FakeAnthropic, **changes: Any) -> Order:
    given: dict[str, Any] = {
        "api_key": KEY, "base_url": fake.url, "model": "claude-sonnet-5-5", "effort": "medium", "system": "Be right.",
        "document": jsontext.dumps(document()), "seconds": 30.0,
    }  # fmt: skip
    return Order(**given | changes)


def asked(*script: str, **changes: Any) -> tuple[Reply | AskingFailed, FakeAnthropic, list[float]]:
    """What came of it, the server, and the seconds that were waited."""
    waits: list[float] = []
    with FakeAnthropic(list(script)) as fake:
        try:
            found: Reply | AskingFailed = ask(order(fake, **changes), on_text=lambda text: None, sleep=waits.append)
        except AskingFailed as exc:
            found = exc
    return found, fake, waits


def test_the_request_is_what_the_api_wants_and_the_answer_comes_in_pieces() -> None:
    grown: list[str] = []
    with FakeAnthropic() as fake:
        reply = ask(order(fake), on_text=grown.append)
    (request,) = fake.received
    assert request.path == "/v1/messages"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert KEY.encode() not in request.body
    assert request.json["stream"] is True
    assert request.json["output_config"]["effort"] == "medium"
    assert request.json["output_config"]["format"]["schema"]["required"][0] == "summary"
    assert "tools" not in request.json
    assert request.document == document()
    assert len(grown) > 3
    assert reply.text == grown[-1]
    assert reply.usage.output > 1
    assert reply.usage.input > 1


@pytest.mark.parametrize(
    ("behaviour", "code", "says"),
    [
        ("401", "key_refused", "ANTHROPIC_API_KEY"),
        ("402", "payment_required", "no credit"),
        ("403", "not_permitted", "STEPWELL_AI_MODEL"),
        ("404", "model_unknown", "claude-sonnet-5-5"),
        ("400", "request_refused", "max_tokens: too large"),
        ("spend_limit", "spend_limit", "spending limit"),
        ("truncated", "too_long", "cut off"),
        ("refusal", "refused", "declined"),
        ("refusal_empty", "refused", "declined"),
        ("cut", "broke_off", "broke off"),
        ("error_event", "overloaded", "overloaded"),
    ],
)
def test_what_asking_again_cannot_mend_is_asked_once(behaviour: str, code: str, says: str) -> None:
    found, fake, waits = asked(behaviour)
    assert isinstance(found, AskingFailed)
    assert found.code == code
    assert says in str(found)
    assert KEY not in str(found)
    assert (len(fake.received), waits) == (1, [])


@pytest.mark.parametrize("behaviour", ["429", "500", "529", "drop"])
def test_what_may_pass_is_tried_twice_more(behaviour: str) -> None:
    found, fake, waits = asked(behaviour)
    assert isinstance(found, AskingFailed)
    assert (
        found.code
        == {"429": "rate_limited", "500": "service_failed", "529": "overloaded", "drop": "unreachable"}[behaviour]
    )
    assert (len(fake.received), waits) == (3, [1.0, 4.0])
    found, fake, _ = asked(behaviour, "canned")
    assert isinstance(found, Reply)
    assert found.tries == 2


def test_nobody_sleeps_for_an_hour_because_a_server_says_so() -> None:
    found, fake, waits = asked("429_hour")
    assert isinstance(found, AskingFailed)
    assert (
        str(found)
        == "The service gets too many requests of this key now; it asks for a wait of 3600 seconds. Ask again later."
    )
    assert (len(fake.received), waits) == (1, [])


@pytest.mark.parametrize("behaviour", ["slow", "drip"])
def test_a_deadline_holds_whatever_the_server_does(behaviour: str) -> None:
    begin = time.monotonic()
    found, _, _ = asked(behaviour, seconds=1.0)
    assert isinstance(found, AskingFailed)
    assert found.code == "timed_out"
    assert time.monotonic() - begin < 30  # the server would go on for two minutes, or for ever


def test_where_nobody_listens_the_address_is_named() -> None:
    with FakeAnthropic() as fake:
        gone = fake.url
    found: Callable[[], Reply] = lambda: ask(  # noqa: E731
        Order(KEY, gone, "claude-sonnet-5-5", "", "", "{}", 30.0), on_text=lambda text: None, sleep=lambda s: None
    )
    with pytest.raises(AskingFailed, match="ANTHROPIC_BASE_URL") as failed:
        found()
    assert failed.value.code == "unreachable"


def test_processes_that_never_ask_do_without_the_sdk() -> None:
    code = (
        "import django, sys; django.setup(); import config.urls, workers.tasks;"
        "print([name for name in ('anthropic', 'httpx2') if name in sys.modules])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
