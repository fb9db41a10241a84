"""The shop's own PostgreSQL, Valkey and Kafka broker on loopback, for whoever brings none."""

import secrets
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, Self, TypeVar

import psycopg
from psycopg import sql

from cli.embedded.errors import BinaryMissing, DidNotStart
from cli.embedded.kafka import EmbeddedKafka
from cli.embedded.postgres import EmbeddedPostgres
from cli.embedded.valkey import EmbeddedValkey
from examples.shop.ports import is_free

NAME = "shop"  # of the role and of the database
SETTINGS = {"shared_buffers": "16MB", "max_connections": "60", "max_wal_size": "128MB", "synchronous_commit": "off"}

# Flows name the database without a password: the role owns nothing but invented data, and only this machine gets in.
OPEN_DOOR = f"host {NAME} {NAME} 127.0.0.1/32 trust\n"


class Server(Protocol):
    """What the embedded servers have in common."""

    name: str
    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...
    def stop(self) -> None: ...


ServerT = TypeVar("ServerT", bound=Server)


class Backing:
    """
    All of them, with what they keep in `folder`; no broker without `kafka_ports`, and none where there is no program
    for it: `without_kafka` says why. Raises EmbeddedError with a sentence for a person.
    """

    def __init__(
        self,
        folder: Path,
        *,
        postgres_ports: Sequence[int],
        redis_ports: Sequence[int],
        kafka_ports: Sequence[int] | None = None,
    ) -> None:
        self._folder = folder
        self._postgres_ports = postgres_ports
        self._redis_ports = redis_ports
        self._kafka_ports = kafka_ports
        self._servers: list[Server] = []
        self.addresses: dict[str, str] = {}
        self.without_kafka = ""

    def fallen(self) -> str | None:
        """The name of a server that has ended by itself."""
        for server in self._servers:
            if server.process and server.process.poll() is not None:
                return server.name
        return None

    def __enter__(self) -> Self:
        try:
            with ThreadPoolExecutor(3) as at_once:
                starting = [at_once.submit(start) for start in (self._postgres, self._valkey, self._kafka)]
            for started in starting:
                started.result()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.stop()

    def _postgres(self) -> None:
        password = _password(self._folder / "postgres.password")
        server = _start(
            lambda port: EmbeddedPostgres(self._folder / "postgres", password=password, port=port, settings=SETTINGS),
            self._postgres_ports,
        )
        self._servers.append(server)
        _open_database(server)
        self.addresses["SHOP_DATABASE_URL"] = f"postgresql://{NAME}@127.0.0.1:{server.port}/{NAME}"

    def _valkey(self) -> None:
        server = _start(lambda port: EmbeddedValkey(self._folder / "valkey", port=port), self._redis_ports)
        self._servers.append(server)
        self.addresses["SHOP_REDIS_URL"] = server.tcp_url()

    def _kafka(self) -> None:
        if self._kafka_ports is None:
            return
        try:
            server = _start(lambda port: EmbeddedKafka(self._folder / "kafka", port=port), self._kafka_ports)
        except BinaryMissing as exc:
            self.without_kafka = str(exc)
            return
        self._servers.append(server)
        self.addresses["SHOP_KAFKA"] = server.brokers


def _start(make: Callable[[int], ServerT], ports: Sequence[int]) -> ServerT:
    """
    A server on the first port that nobody else has.

    Tried, not looked up beforehand: a server that a killed shop left behind is ended by `start`, and so frees its port.
    """
    *others, last = ports
    for port in others:
        server = make(port)
        try:
            server.start()
        except DidNotStart:
            server.stop()
            if is_free(port):
                raise
        else:
            return server
    server = make(last)
    server.start()
    return server


def _password(path: Path) -> str:
    """The superuser's, made once. Nobody needs it but this module."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _open_database(postgres: EmbeddedPostgres) -> None:
    """A role and a database for the shop, and the door to them. Does nothing the second time."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(NAME)))
        if postgres.ensure_database(NAME):
            connection.execute(sql.SQL("ALTER DATABASE {0} OWNER TO {0}").format(sql.Identifier(NAME)))
        rules = postgres.asked_folder.resolve() / "data" / "pg_hba.conf"
        written = rules.read_text(encoding="utf-8")
        if OPEN_DOOR in written:
            return
        rules.write_text(OPEN_DOOR + written, encoding="utf-8")
        connection.execute("SELECT pg_reload_conf()")
    _wait_for_door(f"postgresql://{NAME}@127.0.0.1:{postgres.port}/{NAME}")


def _wait_for_door(url: str) -> None:
    """The reload is a signal; nothing says when it has been heard."""
    deadline = time.monotonic() + 5
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
