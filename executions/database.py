"""Raw access for the hot path: prepared statements on Django's own connection."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import dict_row


def fetch_one(sql: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Run one statement and return its first row. Parameters are bound by the server, so that the plan is reused."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection, row_factory=dict_row) as cursor:
        cursor.execute(sql.encode(), params)
        return cursor.fetchone()


def fetch_all(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Like fetch_one, for every row."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection, row_factory=dict_row) as cursor:
        cursor.execute(sql.encode(), params)
        return cursor.fetchall()


def dedicated() -> psycopg.Connection[dict[str, Any]]:
    """A connection outside the pool, for a thread that must never wait for one."""
    params = connection.get_connection_params()
    for ours in ("pool", "cursor_factory", "context", "prepare_threshold"):
        params.pop(ours, None)
    found: psycopg.Connection[dict[str, Any]] = psycopg.connect(
        **params, autocommit=True, row_factory=dict_row, connect_timeout=5
    )
    return found
