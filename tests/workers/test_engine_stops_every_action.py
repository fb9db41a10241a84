"""Cancel, deadline and time-out reach an action whatever it does: connecting, waiting for an answer, reading one.

The places where one kind of action may be stuck are tried at the same time, each in an execution of its own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
import pytest

from executions.models import Execution
from executions.operations.cancel import request_cancel
from executions.status import Status
from tests.running_stack import wait_until
from tests.workers.actions.misbehaving import Conversation, Peer, black_hole
from tests.workers.actions.orchard import SERVICE, Orchard
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


def calling(stack: ExitStack, action: str, method: str, request: str) -> Stuck:
    """A gRPC server that is asked and does not come to the end of its answer."""
    orchard = stack.enter_context(Orchard())
    config = GRPC.replace("PORT", str(orchard.port)).replace("Hang", method)
    return Stuck(action, config.replace("}", f", request: {request}}}"), orchard.called.is_set)


HTTP = "{url: 'http://127.0.0.1:PORT/'}"
SQL = "{connection: 'postgresql://u:p@127.0.0.1:PORT/d', query: SELECT 1}"
REDIS = "{url: 'redis://127.0.0.1:PORT/0', key: k}"
GRPC = f"{{address: '127.0.0.1:PORT', method: {SERVICE}/Hang}}"
COUNTS = "{to: 3, then: hang}"

PLACES: Mapping[str, Mapping[str, Callable[[ExitStack, str], Stuck]]] = {
    "http": {
        "connects": lambda stack, _: nowhere(stack, "http_request", HTTP),
        "waits": lambda stack, _: peer(stack, "http_request", HTTP, Conversation.wait),
        "reads": lambda stack, _: peer(stack, "http_request", HTTP, drips_a_body),
    },
    "sql": {
        "connects": lambda stack, _: nowhere(stack, "database_query", SQL),
        "greets": lambda stack, _: peer(stack, "database_query", SQL, Conversation.wait),
        "waits": lambda _, url: querying(url, "SELECT pg_sleep(300)"),
        "reads": lambda _, url: querying(url, "SELECT g, pg_sleep(0.05) FROM generate_series(1, 10000) g"),
    },
    "redis": {
        "connects": lambda stack, _: nowhere(stack, "redis_get", REDIS),
        "waits": lambda stack, _: peer(stack, "redis_get", REDIS, Conversation.wait),
        "reads": lambda stack, _: peer(stack, "redis_get", REDIS, drips_a_value),
    },
    "grpc": {
        "connects": lambda stack, _: nowhere(stack, "grpc_call", GRPC),
        "greets": lambda stack, _: peer(stack, "grpc_call", GRPC, Conversation.wait),
        "waits": lambda stack, _: calling(stack, "grpc_call", "Hang", "{}"),
        "reads": lambda stack, _: calling(stack, "grpc_call", "CountUp", COUNTS),
        "streams": lambda stack, _: calling(stack, "grpc_stream", "CountUp", COUNTS),
        "connects a stream": lambda stack, _: nowhere(stack, "grpc_stream", GRPC),
    },
}


@pytest.fixture(params=PLACES)
def stuck(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Stuck]]:
    """By the place where it is stuck."""
    postgres_url = request.getfixturevalue("postgres_url") if request.param == "sql" else ""
    with ExitStack() as stack:
        yield {place: make(stack, postgres_url) for place, make in PLACES[request.param].items()}


def at_once(engine: Machine, executions: Sequence[Execution], meanwhile: Callable[[], object]) -> list[Ran]:
    with ExitStack() as stack:
        found = [stack.enter_context(engine.driving(execution)) for execution in executions]
        meanwhile()
    return [ran for [ran] in found]


def test_cancel(engine: Machine, stuck: Mapping[str, Stuck]) -> None:
    executions = [engine.start(flow(one.step(), teardown=AFTER)) for one in stuck.values()]

    def cancel() -> None:
        for (place, one), execution in zip(stuck.items(), executions, strict=True):
            running = execution.step_runs.filter(status="running")
            wait_until(running.exists, 30, f"the step runs: {place}")
            wait_until(one.is_there, 30, f"it is stuck where it shall be: {place}")
        for (place, _), execution in zip(stuck.items(), executions, strict=True):
            request_cancel(execution=execution, by="bob")
            ended = execution.step_runs.filter(step_id="stuck", status="cancelled")
            wait_until(ended.exists, 30, f"the step has ended: {place}")

    for ran in at_once(engine, executions, cancel):
        assert (ran.status, ran.fates) == (Status.CANCELLED, {"steps/stuck": "cancelled", "teardown/after": "passed"})
        assert_teardown_came_soon(ran)
        assert_it_left_by_itself(ran)


def test_the_deadline(engine: Machine, stuck: Mapping[str, Stuck]) -> None:
    executions = [engine.start(flow(one.step(), teardown=AFTER), timeout_seconds=0.5) for one in stuck.values()]
    for ran in at_once(engine, executions, lambda: None):
        assert (ran.status, ran.fates) == (Status.TIMED_OUT, {"steps/stuck": "cancelled", "teardown/after": "passed"})
        assert_teardown_came_soon(ran, since="deadline")
        assert_it_left_by_itself(ran)


def test_the_steps_own_time(engine: Machine, stuck: Mapping[str, Stuck]) -> None:
    texts = [flow(one.step().replace("5m", "500ms"), teardown=AFTER) for one in stuck.values()]
    for ran in at_once(engine, [engine.start(text) for text in texts], lambda: None):
        assert (ran.status, ran.step("steps/stuck").failure_kind) == (Status.FAILED, "timeout"), ran.step("steps/stuck")
        attempt = ran.attempt("steps/stuck")
        assert attempt.finished_at is not None
        assert 0.5 <= (attempt.finished_at - attempt.started_at).total_seconds() < 10
        assert_it_left_by_itself(ran)


def assert_it_left_by_itself(ran: Ran) -> None:
    """It was not abandoned: the attempt holds what had been asked."""
    assert ran.payload("steps/stuck").request
    assert not ran.attempt("steps/stuck").late_results.exists()
