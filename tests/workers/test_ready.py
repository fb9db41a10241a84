"""Requests that are made while PostgreSQL commits the step before: the same as ever, and never sent too soon."""

from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from executions.models import Attempt, Execution
from executions.status import Status
from tests.workers.actions.misbehaving import Conversation, Peer
from tests.workers.in_process import Machine, flow
from workers import engine as engine_module
from workers.ready import Ready, make_ready


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Ready | None]:
    """What was made ready, in order."""
    found: list[Ready | None] = []

    def noted(*args: Any, **kwargs: Any) -> Ready | None:
        found.append(make_ready(*args, **kwargs))
        return found[-1]

    monkeypatch.setattr(engine_module, "make_ready", noted)
    return found


def echo(lab: str, step: str, headers: str, rest: str = "") -> str:
    return f"{{id: {step}, action: http_request, config: {{url: '{lab}/lab/echo', headers: {headers}}}{rest}}}"


def test_a_request_made_ready_is_what_is_sent_and_recorded(engine: Machine, lab: str, made: list[Ready | None]) -> None:
    ran = engine.run(
        flow(
            echo(lab, "first", "{X-Word: plum}", ", output: {word: body.headers.x-word}"),
            echo(lab, "second", "{X-Word: '${word}', X-Id: '${UUID}'}"),
            echo(lab, "third", "{X-At: '${TIMESTAMP}'}"),
            echo(lab, "fourth", "{X-Word: '${nobody}'}"),
        )
    )
    assert [ready.path for ready in made if ready] == ["steps/second"]
    assert ran.fates == {f"steps/{step}": "passed" for step in ("first", "second", "third")} | {
        "steps/fourth": "failed"
    }
    second = ran.payload("steps/second")
    assert second.response["body"]["headers"]["x-word"] == "plum" == second.request["headers"]["X-Word"]
    draws = ran.attempt("steps/second").draws
    assert list(draws.values()) == [second.request["headers"]["X-Id"]] == [second.response["body"]["headers"]["x-id"]]
    reads = ran.attempt("steps/second").reads
    assert {"name": "word", "source": "captured:first"} in reads
    assert ran.step("steps/fourth").failure_kind == "template"
    # The time is that of the third step's own claim, and not of whatever made it ready.
    began = ran.attempt("steps/third").started_at.replace(microsecond=0)
    assert ran.payload("steps/third").request["headers"]["X-At"] == began.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_request_written_down_ahead_hides_what_its_answer_teaches(
    engine: Machine, lab: str, made: list[Ready | None]
) -> None:
    value = "Zx81kq0099w7"
    body = f"{{note: {value}, access_token: {value}}}"  # one of the two is told by its name alone
    step = "{{id: {id}, action: http_request, config: {{method: POST, url: '{lab}/lab/echo', json: {json}}}}}"
    plain = step.format(id="plain", lab=lab, json="{note: a}")
    ran = engine.run(flow(plain, plain.replace("plain", "again"), step.format(id="told", lab=lab, json=body)))
    assert [ready.path for ready in made if ready and ready.rendered.written] == ["steps/again", "steps/told"]
    assert ran.payload("steps/again").request["body"] == {"note": "a"}
    assert ran.payload("steps/told").request["body"] == {
        "note": "‹secret:access_token›",
        "access_token": "‹secret:access_token›",
    }
    assert value not in str(ran.payload("steps/told").response)


def test_nothing_is_sent_before_its_claim_is_in_the_record(engine: Machine, made: list[Ready | None]) -> None:
    claimed: list[int] = []

    def script(talk: Conversation) -> None:
        while True:
            talk.request()
            claimed.append(Attempt.objects.filter(status="running").count())
            connection.close()
            talk.respond(200, "ok")

    with Peer(script) as peer:
        steps = [f"{{id: s{n}, action: http_request, config: {{url: '{peer.url}/{n}'}}}}" for n in range(3)]
        ran = engine.run(flow(*steps))
    assert (ran.status, claimed) == (Status.PASSED, [1, 1, 1])
    assert len([ready for ready in made if ready]) == 2


def test_what_was_ready_is_forgotten_when_a_cancel_came_first(engine: Machine, made: list[Ready | None]) -> None:
    asked: list[str] = []

    def script(talk: Conversation) -> None:
        while True:
            asked.append(talk.request().target)
            Execution.objects.filter(cancel_requested_at=None).update(cancel_requested_at=Now())
            connection.close()
            talk.respond(200, "ok")

    with Peer(script) as peer:
        steps = [f"{{id: {name}, action: http_request, config: {{url: '{peer.url}/{name}'}}}}" for name in "abc"]
        ran = engine.run(flow(steps[0], steps[1], teardown=steps[2]))
    assert [ready.path for ready in made if ready] == ["steps/b"]
    assert (ran.status, asked) == (Status.CANCELLED, ["/a", "/c"])
