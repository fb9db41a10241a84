"""A shop per test, in this process, on a database and a cache of its own."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from examples.shop.app import App
from examples.shop.server import ShopServer
from tests.examples.shop.people import Shop

DECISION_SECONDS = 0.2


@pytest.fixture
def shop(postgres_url: str, redis_url: str) -> Iterator[Shop]:
    app = App(database_url=postgres_url, redis_url=redis_url, decision_seconds=DECISION_SECONDS)
    app.open()
    server = ShopServer(0, app.router)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with httpx.Client(base_url=server.url, timeout=10, trust_env=False) as client:
        yield Shop(client=client, database_url=postgres_url, redis_url=redis_url)
    app.close()
    server.shutdown()
    server.server_close()
    thread.join()
