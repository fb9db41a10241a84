"""Valkey in a folder: what it was told outlives it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from cli.embedded.ports import choose_port
from cli.embedded.valkey import EmbeddedValkey
from tests.cli.embedded_folders import open_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def test_keys_outlive_a_stop_and_a_start(folder: Path) -> None:
    with EmbeddedValkey(folder / "valkey") as first, redis.Redis.from_url(first.url()) as client:
        client.set("kept", "yes")
    with EmbeddedValkey(folder / "valkey") as second, redis.Redis.from_url(second.url()) as client:
        assert client.get("kept") == b"yes"


def test_keys_outlive_a_kill(folder: Path) -> None:
    first = EmbeddedValkey(folder / "valkey")
    first.start()
    with redis.Redis.from_url(first.url()) as client:
        client.set("kept", "yes")
    assert first.process is not None
    first.process.kill()
    first.process.wait(30)
    with EmbeddedValkey(folder / "valkey") as second, redis.Redis.from_url(second.url()) as client:
        assert client.get("kept") == b"yes"


def test_without_a_port_it_listens_on_its_socket_alone(folder: Path) -> None:
    with EmbeddedValkey(folder / "valkey") as server, redis.Redis.from_url(server.url()) as client:
        assert client.config_get("port") == {"port": "0"}


def test_with_a_port_it_listens_on_loopback_too(folder: Path) -> None:
    with (
        EmbeddedValkey(folder / "valkey", port=choose_port(None)) as server,
        redis.Redis.from_url(server.tcp_url(3)) as client,
    ):
        assert client.ping()


def test_a_server_left_behind_by_a_killed_supervisor_is_replaced(folder: Path) -> None:
    orphan = EmbeddedValkey(folder / "valkey")
    orphan.start()
    with redis.Redis.from_url(orphan.url()) as client:
        client.set("kept", "yes")
    with EmbeddedValkey(folder / "valkey") as server, redis.Redis.from_url(server.url()) as client:
        assert client.get("kept") == b"yes"
    assert orphan.process is not None
    assert orphan.process.wait(30) == 0
