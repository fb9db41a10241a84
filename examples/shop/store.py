"""The shop's PostgreSQL: a small pool, the schema, and short ways to ask."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, LiteralString

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from examples.shop.faults.board import Faults

Params = Sequence[Any] | Mapping[str, Any]
Row = dict[str, Any]


class Store:
    """Opens on the first use of `prepare`; `close` gives every connection back."""

    def __init__(self, url: str, faults: Faults) -> None:
        self._url = url
        self._faults = faults
        self._pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
            url, min_size=1, max_size=8, timeout=5, open=False, kwargs={"row_factory": dict_row}, name="shop"
        )

    def prepare(self) -> None:
        """Connect, create what is missing. Raises psycopg.OperationalError if the database does not answer."""
        psycopg.connect(self._url, connect_timeout=5).close()  # the pool would go on trying, and say less
        self._pool.open(wait=True, timeout=10)
        schema = files("examples.shop").joinpath("schema.sql").read_bytes()
        with self._pool.connection() as connection:
            connection.execute(schema)

    def close(self) -> None:
        self._pool.close(timeout=1)

    @contextmanager
    def transaction(self) -> Generator[Connection[DictRow]]:
        """Committed at the end, rolled back by any exception."""
        self._meet_faults()
        with self._pool.connection() as connection:
            yield connection

    def one(self, sql: LiteralString, params: Params = ()) -> Row | None:
        with self.transaction() as connection:
            return connection.execute(sql, params).fetchone()

    def all(self, sql: LiteralString, params: Params = ()) -> list[Row]:
        with self.transaction() as connection:
            return connection.execute(sql, params).fetchall()

    def _meet_faults(self) -> None:
        if "drop" in self._faults.underneath("database"):
            raise psycopg.OperationalError("the fault panel wants no answer")
