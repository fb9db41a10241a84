"""Connections kept from one step of a hop to the next: used where that does no harm, and never mistaken for news."""

import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer
from workers.carried import Carried
from workers.errors import Aborted, TargetUnreachable


@pytest.fixture
def carried() -> Iterator[Carried[Any, Any]]:
    made: Carried[Any, Any] = Carried()
    yield made
    made.close()


class Counting:
    """A script that knows how many connections came, and answers on each for as long as it is asked."""

    def __init__(self, **headers: str) -> None:
        self.connections = 0
        self.headers = headers

    def __call__(self, talk: Conversation) -> None:
        self.connections += 1
        while True:
            talk.request()
            talk.respond(200, "ok", **self.headers)


def get(carried: Carried[Any, Any], peer: Peer, **config: Any) -> dict[str, Any]:
    return Run(carried=carried)("http_request", **{"url": f"{peer.url}/a", **config})


def test_the_next_step_goes_over_the_same_connection(carried: Carried[Any, Any]) -> None:
    script = Counting()
    with Peer(script) as peer:
        first, second = get(carried, peer), get(carried, peer)
    assert script.connections == 1
    assert (first["timing"]["reused"], second["timing"]["reused"]) == (0, 1)
    assert first["timing"]["connect"] > 0 == second["timing"]["connect"]
    assert second["body"] == "ok"


def test_without_a_hop_nothing_is_kept() -> None:
    script = Counting()
    with Peer(script) as peer:
        for _ in range(2):
            Run()("http_request", url=peer.url)
    assert script.connections == 2


def test_a_request_that_must_not_be_sent_twice_has_a_connection_of_its_own(carried: Carried[Any, Any]) -> None:
    script = Counting()
    with Peer(script) as peer:
        results = [get(carried, peer, method=method) for method in ("GET", "POST", "DELETE", "GET")]
    assert script.connections == 3
    assert [result["timing"]["reused"] for result in results] == [0, 0, 0, 1]


@pytest.mark.parametrize("headers", [{"Connection": "close"}, {"Connection": "Close"}])
def test_the_target_may_say_that_it_closes(carried: Carried[Any, Any], headers: dict[str, str]) -> None:
    script = Counting(**headers)
    with Peer(script) as peer:
        assert [get(carried, peer)["timing"]["reused"] for _ in range(2)] == [0, 0]
    assert script.connections == 2


def test_a_connection_that_the_target_has_closed_is_seen_before_it_is_used(carried: Carried[Any, Any]) -> None:
    closed = threading.Event()

    def once(talk: Conversation) -> None:
        talk.request()
        talk.respond(200, "ok")
        talk.sock.close()
        closed.set()

    with Peer(once) as peer:
        get(carried, peer)
        assert closed.wait(30)
        assert get(carried, peer)["status"] == 200
        assert len(peer.requests) == 2


def test_one_that_closes_under_the_request_is_replaced_and_the_request_sent_again(carried: Carried[Any, Any]) -> None:
    def answers_once(talk: Conversation) -> None:
        talk.request()
        talk.respond(200, "ok")
        talk.request()  # and gone

    with Peer(answers_once) as peer:
        get(carried, peer)
        result = get(carried, peer)
        assert (result["status"], result["timing"]["reused"]) == (200, 0)
        assert result["timing"]["connect"] > 0
        assert len(peer.requests) == 3


def test_a_target_that_only_hangs_up_is_still_a_failure(carried: Carried[Any, Any]) -> None:
    answers = iter([True])

    def answers_the_first(talk: Conversation) -> None:
        while True:
            talk.request()
            if not next(answers, False):
                return
            talk.respond(200, "ok")

    with Peer(answers_the_first) as peer:
        get(carried, peer)
        with pytest.raises(TargetUnreachable, match="closed the connection without an answer"):
            get(carried, peer)


def test_what_was_not_read_to_its_end_is_not_kept(carried: Carried[Any, Any]) -> None:
    def promises_more(talk: Conversation) -> None:
        talk.request()
        talk.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")

    with Peer(promises_more) as peer:
        with pytest.raises(TargetUnreachable, match="broke off"):
            get(carried, peer)
        assert carried._things == {}


def test_one_that_was_idle_for_long_is_not_trusted(carried: Carried[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.protocols.http.kept.LONGEST_IDLE", -1.0)
    script = Counting()
    with Peer(script) as peer:
        assert [get(carried, peer)["timing"]["reused"] for _ in range(2)] == [0, 0]
    assert script.connections == 2


def test_an_abort_reaches_a_request_on_a_kept_connection(carried: Carried[Any, Any]) -> None:
    asked = threading.Event()

    def then_silent(talk: Conversation) -> None:
        talk.request()
        talk.respond(200, "ok")
        talk.request()
        asked.set()
        talk.wait()

    with Peer(then_silent) as peer:
        get(carried, peer)
        run = Run(carried=carried)
        thread = run.abort_when(asked)
        began = monotonic()
        with pytest.raises(Aborted):
            run("http_request", url=f"{peer.url}/a")
        assert monotonic() - began < 9  # the attempt's own time is ten seconds
        thread.join(5)


def test_what_comes_back_after_the_hop_is_closed_at_once() -> None:
    class Thing:
        closed = False

        def close(self) -> None:
            self.closed = True

    kept: Carried[str, Thing] = Carried()
    first, second, late = Thing(), Thing(), Thing()
    kept.leave("a", first)
    kept.leave("a", second)
    assert (first.closed, second.closed) == (True, False)
    kept.close()
    kept.leave("a", late)
    assert (second.closed, late.closed, kept.take("a")) == (True, True, None)
