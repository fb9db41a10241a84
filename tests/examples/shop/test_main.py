"""The shop as a process, with servers of its own."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
import redis

from examples.shop.events.topics import make_topics
from tests.environment import SESSION_FOLDER
from tests.examples.shop.listening import until


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    return _folder(request.node.name[-40:])


def _folder(name: str) -> Path:
    """Not pytest's own: root's databases run as somebody else, who must get in there."""
    path = SESSION_FOLDER / f"shop-{name}"
    path.mkdir()
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def opened_once() -> Path:
    """The data of a shop that was open and has closed."""
    folder = _folder("opened")
    with _process(folder, *ANY) as process:
        _ready(folder, process)
    return folder / "data"


@pytest.fixture
def known(folder: Path, opened_once: Path) -> Path:
    """A folder in which a shop has been open: making its data costs most of a first start."""
    subprocess.run(["cp", "-a", opened_once, folder / "data"], check=True)
    return folder


@contextmanager
def _process(folder: Path, *flags: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "examples.shop", "--data", str(folder / "data"), *flags]
    command += ["--ready-file", str(folder / "ready.json")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def _ready(folder: Path, process: subprocess.Popen[str]) -> dict[str, str]:
    """The addresses, once the shop serves."""
    while not (folder / "ready.json").exists():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    said: dict[str, Any] = json.loads((folder / "ready.json").read_text())
    assert said["pid"] == process.pid
    addresses: dict[str, str] = said["environment"]
    return addresses


ANY = tuple(
    word
    for name in ("port", "https-port", "grpc-port", "postgres-port", "redis-port", "kafka-port")
    for word in (f"--{name}", "0")
)


def test_it_brings_its_own_servers_and_takes_them_along_when_it_goes(folder: Path) -> None:
    with _process(folder, *ANY) as process:
        at = _ready(folder, process)
        assert httpx.get(f"{at['SHOP_URL']}/health", trust_env=False).json()["status"] == "ok"
        with psycopg.connect(at["SHOP_DATABASE_URL"]) as connection:
            assert connection.execute("SELECT count(*) > 5 FROM products").fetchone() == (True,)
        with redis.Redis.from_url(at["SHOP_REDIS_URL"]) as cache:
            assert cache.ping()
        make_topics(at["SHOP_KAFKA"])  # which must answer
        trusting = ssl.create_default_context(cafile=at["SHOP_CA"])
        assert httpx.get(f"{at['SHOP_TLS_URL']}/health", verify=trusting, trust_env=False).status_code == 200
        children = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert not any(child.is_running() for child in children)
        assert not (folder / "ready.json").exists()


def test_it_keeps_its_data_and_ends_what_a_killed_one_left_behind(known: Path) -> None:
    person = {"email": "alice@example.org", "name": "Alice", "password": "long enough"}
    with _process(known, *ANY) as process:
        at = _ready(known, process)
        assert httpx.post(f"{at['SHOP_URL']}/users", json=person, trust_env=False).status_code == 201
        left = psutil.Process(process.pid).children()
        process.kill()
        process.wait()
    (known / "ready.json").unlink()
    assert all(child.is_running() for child in left)
    same = ("--postgres-port", str(httpx.URL(at["SHOP_DATABASE_URL"]).port))
    kafka = ("--kafka-port", at["SHOP_KAFKA"].partition(":")[2])
    with _process(known, *ANY, *same, *kafka) as process:
        at = _ready(known, process)
        assert httpx.post(f"{at['SHOP_URL']}/users", json=person, trust_env=False).status_code == 409
        assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in left)


def test_a_port_in_use_is_a_sentence_and_no_traceback(folder: Path, postgres_url: str, redis_url: str) -> None:
    named = ("--database-url", postgres_url, "--redis-url", redis_url)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with _process(folder, *ANY, *named, "--port", str(port)) as process:
            said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (
        1,
        f"The shop cannot open. Port {port} is in use. Name another with --port.\n",
    )


def test_two_shops_share_neither_a_folder_nor_a_broker(known: Path) -> None:
    with _process(known, *ANY) as first:
        taken = _ready(known, first)["SHOP_KAFKA"].partition(":")[2]
        with _process(known, *ANY) as second:
            said = second.communicate(timeout=60)[1]
        assert second.returncode == 1
        assert said == f"The shop cannot open. Another shop is running with its data in {known / 'data'}.\n"
        (known / "ready.json").unlink()
        with _process(known / "second", *ANY, "--kafka-port", taken) as second:
            said = second.communicate(timeout=60)[1]
        assert second.returncode == 1
        assert said == f"The shop cannot open. Kafka cannot listen on port {taken}, which is in use.\n"


@pytest.mark.parametrize(("program", "name"), [("valkey", "Valkey"), ("noida", "Kafka")])
def test_it_closes_when_one_of_its_servers_dies(known: Path, program: str, name: str) -> None:
    with _process(known, *ANY) as process:
        _ready(known, process)
        for child in psutil.Process(process.pid).children():
            if program in child.name():
                os.kill(child.pid, signal.SIGKILL)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert f"{name} has ended, so the shop closes." in said


def test_it_takes_servers_that_are_there_and_stays_small(
    folder: Path, postgres_url: str, redis_url: str, brokers: str
) -> None:
    named = ("--database-url", postgres_url, "--redis-url", redis_url, "--kafka", brokers)
    began = time.monotonic()
    with _process(folder, *ANY, *named) as process:
        at = _ready(folder, process)
        # Usually half a second; the promise of three is about a machine with nothing else to do.
        assert time.monotonic() - began < 10
        assert (at["SHOP_DATABASE_URL"], at["SHOP_KAFKA"]) == (postgres_url, brokers)
        assert not (folder / "data").exists()
        assert psutil.Process(process.pid).memory_info().rss < 100 * 1024 * 1024
        order_id = _ordered(at["SHOP_URL"])
        told = until(
            lambda: httpx.get(f"{at['SHOP_URL']}/notifications?order={order_id}", trust_env=False).json()["items"]
        )
    assert told[0]["order"] == order_id


def _ordered(url: str) -> str:
    """The id of an order by a new customer."""
    with httpx.Client(base_url=url, trust_env=False) as client:
        person = {"email": "alice@example.org", "password": "long enough"}
        client.post("/users", json={**person, "name": "Alice"}).raise_for_status()
        token = client.post("/login", json=person).json()["token"]
        placed = client.post(
            "/orders", json={"lines": [{"sku": "kettle"}]}, headers={"Authorization": f"Bearer {token}"}
        )
        return str(placed.raise_for_status().json()["id"])


def test_it_runs_without_events(known: Path) -> None:
    with _process(known, *ANY, "--no-kafka") as process:
        at = _ready(known, process)
        assert httpx.get(f"{at['SHOP_URL']}/health", trust_env=False).json()["events"] == "off"
        assert "SHOP_KAFKA" not in at
        assert len(psutil.Process(process.pid).children()) == 2


def test_it_runs_without_events_where_no_broker_is_to_be_had(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPWELL_KAFKA_BIN", str(known / "nothing"))
    with _process(known, *ANY) as process:
        assert "SHOP_KAFKA" not in _ready(known, process)
        process.terminate()
        said = process.communicate(timeout=60)[1]
    assert "The shop runs without events. STEPWELL_KAFKA_BIN names" in said


def test_a_broker_that_does_not_answer_is_a_sentence(folder: Path, postgres_url: str, redis_url: str) -> None:
    named = ("--database-url", postgres_url, "--redis-url", redis_url, "--kafka", "127.0.0.1:9")
    with _process(folder, *ANY, *named) as process:
        said = process.communicate(timeout=40)[1]
    assert process.returncode == 1
    assert said == "The shop cannot open. No Kafka broker answers at 127.0.0.1:9.\n"


def test_a_database_that_does_not_answer_is_a_sentence_without_the_password(folder: Path, redis_url: str) -> None:
    nobody = "postgresql://shop:hunter2hunter2@127.0.0.1:9/shop"
    with _process(folder, "--database-url", nobody, "--redis-url", redis_url) as process:
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 1
    assert "The shop cannot open. The database does not answer" in said
    assert "hunter2" not in said
