"""What the engine's tests share: a machine that runs flows in this process, and a target that misbehaves on request."""

import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from examples.shop.lab import Lab
from examples.shop.router import Router
from examples.shop.server import ShopServer
from tests.cast import make_workspace
from tests.leftovers import open_sockets, threads
from tests.workers.fault_matrix import MATRIX, Proof
from tests.workers.in_process import Machine, machine

TESTS = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Around every test that the table of faults names it is counted what is left over."""
    named = {test for row in MATRIX.values() for cell in row.values() if isinstance(cell, Proof) for test in cell.tests}
    for item in items:
        if isinstance(item, pytest.Function) and f"{item.path.relative_to(TESTS)}::{item.originalname}" in named:
            _ask_for(item, "leaves_nothing")


def _ask_for(item: pytest.Function, fixture: str) -> None:
    """Before the fixtures of the test itself, which have to be gone when it is counted again."""
    if fixture in item.fixturenames:
        return
    known = item._fixtureinfo.name2fixturedefs
    own = [name for name in item.fixturenames if name in known and known[name][-1].scope == "function"]
    item.fixturenames.insert(item.fixturenames.index(own[0]) if own else len(item.fixturenames), fixture)


@pytest.fixture
def leaves_nothing() -> Iterator[None]:
    """No thread and no socket is left over when the test's own peers have gone."""
    before, sockets = threads(), open_sockets()
    yield
    ends_at = monotonic() + 15
    while monotonic() < ends_at and (len(threads()) > len(before) or open_sockets() > sockets):
        threading.Event().wait(0.02)
    assert len(threads()) <= len(before), threads()
    assert open_sockets() <= sockets


@pytest.fixture
def engine(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with machine(make_workspace(), monkeypatch) as made:
        yield made


@pytest.fixture(scope="session")
def lab() -> Iterator[str]:
    """The address of the demo shop's lab: it counts, holds, flakes and breaks off."""
    made = Lab()
    server = ShopServer(0, Router(made.routes()))
    thread = threading.Thread(target=server.serve_forever, name="lab")
    thread.start()
    yield server.url
    made.close()
    server.shutdown()
    server.server_close()
    thread.join()
