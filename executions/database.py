"""Raw access for the hot path: prepared statements on Django's own connection."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import dict_row

PARAMETER = re.compile(r"%\((\w+)\)s")


def fetch_one(sql: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Run one statement and return its first row. Parameters are bound by the server, so that the plan is reused."""
    rows = fetch_all(sql, params)
    return rows[0] if rows else None


def fetch_all(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Like fetch_one, for every row."""
    text, names = _numbered(sql)
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection, row_factory=dict_row) as cursor:
        cursor.execute(text, [params[name] for name in names])
        return cursor.fetchall()


@lru_cache(maxsize=512)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """`%(name)s` → `$1`. psycopg would do the same, each time anew for statements as long as ours."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return PARAMETER.sub(number, sql).encode(), tuple(names)


def dedicated() -> psycopg.Connection[dict[str, Any]]:
    """A connection outside the pool, for a thread that must never wait for one."""
    params = connection.get_connection_params()
    for ours in ("pool", "cursor_factory", "context", "prepare_threshold"):
        params.pop(ours, None)
    found: psycopg.Connection[dict[str, Any]] = psycopg.connect(
        **params, autocommit=True, row_factory=dict_row, connect_timeout=5
    )
    return found
