"""A shop per test, in this process, on a database and a cache of its own; with a broker where a test needs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cli.embedded.kafka import EmbeddedKafka
from examples.shop.app import App
from examples.shop.certificates import Certificates
from examples.shop.server import ShopServer, TlsShopServer
from tests.environment import SESSION_FOLDER
from tests.examples.shop.people import Shop

DECISION_SECONDS = 0.2


@pytest.fixture
def shop(postgres_url: str, redis_url: str) -> Iterator[Shop]:
    with open_shop(postgres_url, redis_url) as shop:
        yield shop


@pytest.fixture
def shop_with_events(postgres_url: str, redis_url: str, brokers: str) -> Iterator[Shop]:
    with open_shop(postgres_url, redis_url, kafka_brokers=brokers) as shop:
        yield shop


@pytest.fixture
def encrypted_shop(shop: Shop, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of the same shop over HTTPS, and the authority to trust."""
    certificates = Certificates(tmp_path, shop.app.faults)
    server = TlsShopServer(0, shop.app.router, certificates)
    with _served(server):
        yield server.url, certificates.authority


@pytest.fixture(scope="session")
def brokers() -> Iterator[str]:
    """One broker for all tests: whoever asks it for an order's events names the order."""
    with EmbeddedKafka(SESSION_FOLDER / "shop-kafka") as kafka:
        yield kafka.brokers


@contextmanager
def open_shop(postgres_url: str, redis_url: str, *, kafka_brokers: str | None = None) -> Iterator[Shop]:
    app = App(
        database_url=postgres_url,
        redis_url=redis_url,
        kafka_brokers=kafka_brokers,
        decision_seconds=DECISION_SECONDS,
    )
    app.open()
    server = ShopServer(0, app.router)
    try:
        with _served(server), httpx.Client(base_url=server.url, timeout=10, trust_env=False) as client:
            yield Shop(app=app, client=client, database_url=postgres_url, redis_url=redis_url)
    finally:
        app.close()


@contextmanager
def _served(server: ShopServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
