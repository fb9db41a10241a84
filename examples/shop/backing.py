"""The shop's own PostgreSQL and Valkey on loopback, for whoever brings none."""

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

import psycopg
from psycopg import sql

from cli.embedded.errors import DidNotStart
from cli.embedded.postgres import EmbeddedPostgres
from cli.embedded.valkey import EmbeddedValkey
from examples.shop.ports import is_free

NAME = "shop"  # of the role and of the database
SETTINGS = {"shared_buffers": "16MB", "max_connections": "60", "max_wal_size": "128MB", "synchronous_commit": "off"}

# Flows name the database without a password: the role owns nothing but invented data, and only this machine gets in.
OPEN_DOOR = f"host {NAME} {NAME} 127.0.0.1/32 trust\n"


ServerT = TypeVar("ServerT", bound=EmbeddedPostgres | EmbeddedValkey)


class Backing:
    """Both servers, with all they keep in `folder`. Raises EmbeddedError with a sentence for a person."""

    def __init__(self, folder: Path, *, postgres_ports: Sequence[int], redis_ports: Sequence[int]) -> None:
        self._folder = folder
        self._postgres_ports = postgres_ports
        self._redis_ports = redis_ports
        self._postgres: EmbeddedPostgres | None = None
        self._valkey: EmbeddedValkey | None = None

    @property
    def database_url(self) -> str:
        assert self._postgres is not None  # entered
        return f"postgresql://{NAME}@127.0.0.1:{self._postgres.port}/{NAME}"

    @property
    def redis_url(self) -> str:
        assert self._valkey is not None  # entered
        return self._valkey.tcp_url()

    def fallen(self) -> str | None:
        """The name of a server that has ended by itself."""
        for server in (self._postgres, self._valkey):
            if server and server.process and server.process.poll() is not None:
                return server.name
        return None

    def __enter__(self) -> Self:
        password = _password(self._folder / "postgres.password")
        with ThreadPoolExecutor(2) as both:
            postgres = both.submit(
                _start,
                lambda port: EmbeddedPostgres(
                    self._folder / "postgres", password=password, port=port, settings=SETTINGS
                ),
                self._postgres_ports,
            )
            valkey = both.submit(
                _start, lambda port: EmbeddedValkey(self._folder / "valkey", port=port), self._redis_ports
            )
        try:
            if postgres.exception() is None:
                self._postgres = postgres.result()
            if valkey.exception() is None:
                self._valkey = valkey.result()
            _open_database(postgres.result())
            valkey.result()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._postgres, self._valkey):
            if server is not None:
                server.stop()


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
