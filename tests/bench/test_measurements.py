"""The harness itself works, on sizes too small to mean anything."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench import durable, http_tools, measurements
from bench.footprint import megabytes
from bench.install import NotToBeHad
from bench.live import watch
from bench.machine import describe
from bench.measurements import Size
from bench.rounds import Spread
from bench.stack import Stack
from bench.tables import Figure
from tests.running_stack import Stack as RunningStack

pytestmark = pytest.mark.stack

TINY = Size(
    rounds=1,
    steps=3,
    at_once=2,
    settle_seconds=0,
    warm_up=0,
    watchers=3,
    events_per_second=200,
    watched_seconds=0.5,
    schedules=5,
)


@pytest.fixture
def measured(stack: RunningStack) -> Stack:
    return Stack(
        stack.home, stack.url, stack.token, stack.database_url, stack.redis_url, stack.supervisor, ready_seconds=1.0
    )


@pytest.fixture
def no_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests install nothing."""

    def refuse(name: str) -> Path:
        raise NotToBeHad(f"{name} is not wanted here")

    monkeypatch.setattr(durable, "python_peer", refuse)
    monkeypatch.setattr(http_tools, "python_peer", refuse)
    monkeypatch.setattr(http_tools, "node_peer", refuse)


def test_steps_are_measured_against_bare_celery_hops(measured: Stack) -> None:
    for figure in measurements.hops(measured, TINY):
        assert isinstance(figure.theirs, Spread)
        assert figure.theirs.median > 0
        assert figure.ours.median > 0


@pytest.mark.parametrize("measure", [measurements.flows, measurements.http])
def test_a_peer_that_is_missing_is_said_and_ours_is_measured(
    measured: Stack, no_peers: None, measure: Callable[[Stack, Size], list[Figure]]
) -> None:
    figures = measure(measured, TINY)
    assert figures
    for figure in figures:
        assert "not wanted here" in figure.line()
        assert figure.ours.median > 0


def test_watchers_hear_of_every_event_that_was_told(measured: Stack) -> None:
    heard = watch(measured, events_per_second=200, watchers=3, seconds=0.5)
    assert (heard.told, heard.lost) == (100, 0)
    assert 0 < heard.median <= heard.p99
    median, p99 = measurements.live(measured, TINY)
    assert "0 events lost" in p99.what
    assert median.ours.median > 0


def test_schedules_due_at_once_start_once_each(measured: Stack) -> None:
    (figure,) = measurements.due(measured, TINY)
    assert figure.ours.median > 0
    with closing(measured.client()) as client:
        assert not [one for one in client.schedules() if one["name"].startswith("due ")]  # others have theirs


def test_the_machine_and_the_weight_are_told(measured: Stack) -> None:
    assert "PostgreSQL" in describe(measured)
    assert "Valkey" in describe(measured)
    product, shop = megabytes(measured)
    assert product > 50
    assert 10 < shop < product
