"""Raw access for the hot path: prepared statements on Django's own connection."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
from django.db import connection
from psycopg.rows import dict_row

from executions.prepared import run_prepared

PARAMETER = re.compile(r"%\((\w+)\)s(::)?")


def fetch_one(
    sql: str, params: Mapping[str, Any], *, meanwhile: Callable[[], object] | None = None
) -> dict[str, Any] | None:
    """Run one statement and return its first row. Parameters are bound by the server, so that the plan is reused.

    Where the text casts every parameter (`%(id)s::bigint`) it is a quarter of the cost: see executions/prepared.py.
    There `meanwhile` is called while the server works; it must not use the connection. Elsewhere it is not called.
    """
    rows = fetch_all(sql, params, meanwhile=meanwhile)
    return rows[0] if rows else None


def fetch_all(
    sql: str, params: Mapping[str, Any], *, meanwhile: Callable[[], object] | None = None
) -> list[dict[str, Any]]:
    """Like fetch_one, for every row."""
    statement = _numbered(sql)
    values = [params[name] for name in statement.names]
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if statement.is_typed and not connection.in_atomic_block:  # in one, a cursor knows how to begin a transaction
            return run_prepared(connection.connection, statement.text, values, meanwhile=meanwhile)
        with psycopg.RawCursor(connection.connection, row_factory=dict_row) as cursor:
            cursor.execute(statement.text, values)
            return cursor.fetchall()


class _Numbered(NamedTuple):
    text: bytes
    names: tuple[str, ...]
    is_typed: bool  # the text casts every parameter: `%(id)s::bigint`


@lru_cache(maxsize=512)
def _numbered(sql: str) -> _Numbered:
    """`%(name)s` → `$1`. psycopg would do the same, each time anew for statements as long as ours."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}{found[2] or ''}"

    text = PARAMETER.sub(number, sql)
    return _Numbered(text.encode(), tuple(names), all(found[2] for found in PARAMETER.finditer(sql)))


def dedicated() -> psycopg.Connection[dict[str, Any]]:
    """A connection outside the pool, for a thread that must never wait for one."""
    params = connection.get_connection_params()
    for ours in ("pool", "cursor_factory", "context", "prepare_threshold"):
        params.pop(ours, None)
    found: psycopg.Connection[dict[str, Any]] = psycopg.connect(
        **params, autocommit=True, row_factory=dict_row, connect_timeout=5
    )
    return found


def database_now() -> datetime:
    """PostgreSQL's time: the time of everything that is decided by it."""
    row = fetch_one("SELECT statement_timestamp() AS now", {})
    assert row is not None  # it selects one row
    found: datetime = row["now"]
    return found
