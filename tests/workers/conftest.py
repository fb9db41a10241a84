"""What the engine's tests share: a machine that runs flows in this process, and a target that misbehaves on request."""

import threading
from collections.abc import Iterator

import pytest

from examples.shop.lab import Lab
from examples.shop.router import Router
from examples.shop.server import ShopServer
from tests.cast import make_workspace
from tests.workers.in_process import Machine, machine


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
