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
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from types import FrameType

import psycopg
import redis

from cli.embedded.errors import EmbeddedError
from examples.shop import ports
from examples.shop.app import DECISION_SECONDS, App
from examples.shop.backing import Backing
from examples.shop.router import Router
from examples.shop.server import ShopServer

LOOK_SECONDS = 0.5  # how often the shop looks whether its own servers still run


class CannotOpen(Exception):
    """The shop cannot start; the message is a sentence for a person."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
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
        database_url, redis_url = options.database_url, options.redis_url
        if not (database_url and redis_url):
            stack.enter_context(_only_one(options.data))
            backing = stack.enter_context(
                Backing(
                    options.data,
                    postgres_ports=ports.candidates(options.postgres_port, ports.POSTGRES),
                    redis_ports=ports.candidates(options.redis_port, ports.REDIS),
                )
            )
            database_url, redis_url = backing.database_url, backing.redis_url
        app = App(database_url=database_url, redis_url=redis_url, decision_seconds=options.decision_seconds)
        stack.callback(app.close)
        _open(app)
        server = _bound(app.router, ports.candidates(options.port, ports.HTTP))
        stack.callback(server.server_close)
        stack.enter_context(_serving(server))
        addresses = {"SHOP_URL": server.url, "SHOP_DATABASE_URL": database_url, "SHOP_REDIS_URL": redis_url}
        stack.enter_context(_announced(addresses, options.ready_file))
        sys.stderr.write(f"The shop is open at {server.url}.\n")
        return _until(told, backing)


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


def _bound(router: Router, candidates: Sequence[int]) -> ShopServer:
    for port in candidates:
        try:
            return ShopServer(port, router)
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise CannotOpen(f"Port {port} cannot be used: {exc.strerror}.") from exc
    raise CannotOpen(f"Port {candidates[0]} is in use. Name another with --port.")


@contextlib.contextmanager
def _serving(server: ShopServer) -> Generator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="shop")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


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


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    home = Path(os.environ.get("STEPWELL_HOME") or Path.home() / ".local/share/stepwell")
    parser = argparse.ArgumentParser(prog="python -m examples.shop", description="The demo shop, on 127.0.0.1.")
    add = parser.add_argument
    add("--port", type=int, metavar="N", help="HTTP; default 5016 or another free one; 0 for any")
    add("--postgres-port", type=int, metavar="N", help="of its own PostgreSQL; default 5017, likewise")
    add("--redis-port", type=int, metavar="N", help="of its own Valkey; default 5018, likewise")
    add("--data", type=Path, default=home / "shop", help="data folder of the two; default %(default)s")
    add("--database-url", help="use this PostgreSQL database; needs --redis-url too")
    add("--redis-url", help="use this Redis or Valkey; needs --database-url too")
    add("--ready-file", type=Path, help="write the addresses there as JSON once the shop serves")
    add("--decision-seconds", type=float, default=DECISION_SECONDS, help="how long a payment stays pending")
    add("--verbose", action="store_true", help="log each request")
    options = parser.parse_args(arguments)
    if bool(options.database_url) != bool(options.redis_url):
        parser.error("--database-url and --redis-url go together.")
    return options


if __name__ == "__main__":
    sys.exit(main())
