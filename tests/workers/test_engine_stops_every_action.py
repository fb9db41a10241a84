"""Cancel, deadline and time-out reach an action whatever it does: connecting, waiting for an answer, reading one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
import pytest

from executions.operations.cancel import request_cancel
from executions.status import Status
from tests.running_stack import wait_until
from tests.workers.actions.misbehaving import Conversation, Peer, black_hole
from tests.workers.in_process import Machine, Ran, flow
from tests.workers.test_engine_interruptions import AFTER, assert_teardown_came_soon


@dataclass(frozen=True)
class Stuck:
    """A step that does not come to an end by itself, and whether it has got where it is stuck."""

    action: str
    config: str
    is_there: Callable[[], bool]

    def step(self, more: str = "") -> str:
        return f"{{id: stuck, action: {self.action}, config: {self.config}, timeout: 5m{more}}}"


def nowhere(stack: ExitStack, action: str, config: str) -> Stuck:
    port = stack.enter_context(black_hole())
    return Stuck(action, config.replace("PORT", str(port)), lambda: True)


def peer(stack: ExitStack, action: str, config: str, script: Callable[[Conversation], None]) -> Stuck:
    made = stack.enter_context(Peer(script))
    return Stuck(action, config.replace("PORT", str(made.port)), made.connected.is_set)


def drips_a_body(conversation: Conversation) -> None:
    conversation.request()
    conversation.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n")
    conversation.drip()


def drips_a_value(conversation: Conversation) -> None:
    conversation.sock.recv(65536)
    conversation.send("$100000\r\n")
    conversation.drip()


def querying(url: str, query: str) -> Stuck:
    def is_there() -> bool:
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%'"
                " AND pid <> pg_backend_pid()"
            ).fetchone()
        return row is not None and row[0] > 0

    return Stuck("database_query", f"{{connection: '{url}', query: '{query}'}}", is_there)


PLACES: dict[str, Callable[[ExitStack, str], Stuck]] = {
    "http connects": lambda stack, _: nowhere(stack, "http_request", "{url: 'http://127.0.0.1:PORT/'}"),
    "http waits": lambda stack, _: peer(stack, "http_request", "{url: 'http://127.0.0.1:PORT/'}", Conversation.wait),
    "http reads": lambda stack, _: peer(stack, "http_request", "{url: 'http://127.0.0.1:PORT/'}", drips_a_body),
    "sql connects": lambda stack, _: nowhere(
        stack, "database_query", "{connection: 'postgresql://u:p@127.0.0.1:PORT/d', query: SELECT 1}"
    ),
    "sql greets": lambda stack, _: peer(
        stack,
        "database_query",
        "{connection: 'postgresql://u:p@127.0.0.1:PORT/d', query: SELECT 1}",
        Conversation.wait,
    ),
    "sql waits": lambda _, url: querying(url, "SELECT pg_sleep(300)"),
    "sql reads": lambda _, url: querying(url, "SELECT g, pg_sleep(0.05) FROM generate_series(1, 10000) g"),
    "redis connects": lambda stack, _: nowhere(stack, "redis_get", "{url: 'redis://127.0.0.1:PORT/0', key: k}"),
    "redis waits": lambda stack, _: peer(
        stack, "redis_get", "{url: 'redis://127.0.0.1:PORT/0', key: k}", Conversation.wait
    ),
    "redis reads": lambda stack, _: peer(
        stack, "redis_get", "{url: 'redis://127.0.0.1:PORT/0', key: k}", drips_a_value
    ),
}


@pytest.fixture(params=PLACES)
def stuck(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[Stuck]:
    with ExitStack() as stack:
        yield PLACES[request.param](stack, postgres_url)


def test_cancel(engine: Machine, stuck: Stuck) -> None:
    execution = engine.start(flow(stuck.step(), teardown=AFTER))
    with engine.driving(execution) as found:
        wait_until(lambda: execution.step_runs.filter(status="running").exists(), 10, "the step runs")
        wait_until(stuck.is_there, 10, "it is stuck where it shall be")
        request_cancel(execution=execution, by="bob")
    [ran] = found
    assert (ran.status, ran.fates) == (Status.CANCELLED, {"steps/stuck": "cancelled", "teardown/after": "passed"})
    assert_teardown_came_soon(ran)
    assert_it_left_by_itself(ran)


def test_the_deadline(engine: Machine, stuck: Stuck) -> None:
    ran = engine.run(flow(stuck.step(), teardown=AFTER), timeout_seconds=0.5)
    assert (ran.status, ran.fates) == (Status.TIMED_OUT, {"steps/stuck": "cancelled", "teardown/after": "passed"})
    assert_teardown_came_soon(ran, since="deadline")
    assert_it_left_by_itself(ran)


def test_the_steps_own_time(engine: Machine, stuck: Stuck) -> None:
    ran = engine.run(flow(stuck.step().replace("5m", "500ms"), teardown=AFTER))
    assert (ran.status, ran.step("steps/stuck").failure_kind) == (Status.FAILED, "timeout"), ran.step("steps/stuck")
    attempt = ran.attempt("steps/stuck")
    assert attempt.finished_at is not None
    assert 0.5 <= (attempt.finished_at - attempt.started_at).total_seconds() < 2.5
    assert_it_left_by_itself(ran)


def assert_it_left_by_itself(ran: Ran) -> None:
    """It was not abandoned: the attempt holds what had been asked."""
    assert ran.payload("steps/stuck").request
    assert not ran.attempt("steps/stuck").late_results.exists()
