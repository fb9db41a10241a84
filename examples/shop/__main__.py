"""`python -m examples.shop`: serve until told to stop."""

import argparse
import contextlib
import errno
import fcntl
import json
import logging
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from types import FrameType
from typing import TypeVar

import psycopg
import redis

from cli.embedded.errors import EmbeddedError
from examples.shop import ports
from examples.shop.app import App
from examples.shop.backing import Backing
from examples.shop.certificates import Certificates
from examples.shop.events.topics import BrokerSilent
from examples.shop.options import read_options
from examples.shop.recommendations import RecommendationsServer
from examples.shop.server import ShopServer, TlsShopServer

ServerT = TypeVar("ServerT", ShopServer, RecommendationsServer)

LOOK_SECONDS = 0.5  # how often the shop looks whether its own servers still run


class CannotOpen(Exception):
    """The shop cannot start; the message is a sentence for a person."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_options(arguments)
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.WARNING, format="%(levelname)s %(message)s")
    told = threading.Event()
    _stop_on_signals(told)
    try:
        return _run(options, told)
    except (CannotOpen, EmbeddedError) as exc:
        sys.stderr.write(f"The shop cannot open. {exc}\n")
        return 1


def _run(options: argparse.Namespace, told: threading.Event) -> int:
    with contextlib.ExitStack() as stack:
        backing: Backing | None = None
        addresses = _given(options)
        if not options.database_url:
            stack.enter_context(_only_one(options.data))
            backing = stack.enter_context(_backing(options))
            addresses |= backing.addresses
            if backing.without_kafka:
                sys.stderr.write(f"The shop runs without events. {backing.without_kafka}\n")
        app = App(
            database_url=addresses["SHOP_DATABASE_URL"],
            redis_url=addresses["SHOP_REDIS_URL"],
            kafka_brokers=addresses.get("SHOP_KAFKA"),
            decision_seconds=options.decision_seconds,
        )
        stack.callback(app.close)
        _open(app)
        plain = _serving(stack, lambda port: ShopServer(port, app.router), "--port", options.port, ports.HTTP)
        # In the data folder the file has the same name after a restart, where flows look for it.
        folder = options.data / "tls" if backing else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificates = Certificates(folder, app.faults)
        encrypted = _serving(
            stack,
            lambda port: TlsShopServer(port, app.router, certificates),
            "--https-port",
            options.https_port,
            ports.HTTPS,
        )
        addresses |= {"SHOP_URL": plain.url, "SHOP_TLS_URL": encrypted.url, "SHOP_CA": str(certificates.authority)}
        candidates = ports.candidates(options.grpc_port, ports.GRPC)
        recommendations = _bound(
            lambda port: RecommendationsServer(port, app.store, app.faults), candidates, "--grpc-port"
        )
        addresses["SHOP_GRPC"] = stack.enter_context(recommendations).address
        stack.enter_context(_announced(addresses, options.ready_file))
        sys.stderr.write(f"The shop is open at {plain.url}. Its fault panel is {plain.url}/faults.\n")
        return _until(told, backing)


def _given(options: argparse.Namespace) -> dict[str, str]:
    """The servers that the shop is told to use."""
    told = {
        "SHOP_DATABASE_URL": options.database_url,
        "SHOP_REDIS_URL": options.redis_url,
        "SHOP_KAFKA": options.kafka,
    }
    return {name: address for name, address in told.items() if address}


def _backing(options: argparse.Namespace) -> Backing:
    brings_kafka = not (options.kafka or options.no_kafka)
    return Backing(
        options.data,
        postgres_ports=ports.candidates(options.postgres_port, ports.POSTGRES),
        redis_ports=ports.candidates(options.redis_port, ports.REDIS),
        kafka_ports=ports.candidates(options.kafka_port, ports.KAFKA) if brings_kafka else None,
    )


def _until(told: threading.Event, backing: Backing | None) -> int:
    while not told.wait(LOOK_SECONDS):
        if backing is not None and (fallen := backing.fallen()):
            sys.stderr.write(f"{fallen} has ended, so the shop closes.\n")
            return 1
    return 0


def _open(app: App) -> None:
    try:
        app.open()
    except psycopg.Error as exc:
        raise CannotOpen(f"The database does not answer: {type(exc).__name__}.") from exc
    except redis.RedisError as exc:
        raise CannotOpen(f"The cache does not answer: {type(exc).__name__}.") from exc
    except BrokerSilent as exc:
        raise CannotOpen(str(exc)) from exc


def _serving(
    stack: contextlib.ExitStack, make: Callable[[int], ShopServer], flag: str, asked: int | None, usual: int
) -> ShopServer:
    """A server on the first port that is free, which serves until the stack is left."""
    server = _bound(make, ports.candidates(asked, usual), flag)
    stack.callback(server.server_close)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=f"shop{flag}")
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)
    return server


def _bound(make: Callable[[int], ServerT], candidates: Sequence[int], flag: str) -> ServerT:
    for port in candidates:
        try:
            return make(port)
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise CannotOpen(f"Port {port} cannot be used: {exc.strerror}.") from exc
    raise CannotOpen(f"Port {candidates[0]} is in use. Name another with {flag}.")


@contextlib.contextmanager
def _announced(addresses: dict[str, str], ready_file: Path | None) -> Generator[None]:
    """Say where everything is, in a file that is there only while it is true, and never half."""
    if ready_file is None:
        yield
        return
    partial = ready_file.with_name(f"{ready_file.name}.{os.getpid()}")
    partial.write_text(json.dumps({"pid": os.getpid(), "environment": addresses}) + "\n", encoding="utf-8")
    partial.rename(ready_file)
    try:
        yield
    finally:
        ready_file.unlink(missing_ok=True)


@contextlib.contextmanager
def _only_one(folder: Path) -> Generator[None]:
    """Two shops on one data folder would end each other's servers."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "shop.lock").open("w")
    except OSError as exc:
        raise CannotOpen(f"{folder} cannot be used as its data folder: {exc.strerror}.") from exc
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotOpen(f"Another shop is running with its data in {folder}.") from None
        yield


def _stop_on_signals(told: threading.Event) -> None:
    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)


if __name__ == "__main__":
    sys.exit(main())
