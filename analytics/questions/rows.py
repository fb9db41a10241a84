"""Rows of a statement, by name."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def rows(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as db:
        db.execute(sql, params)
        columns = [column.name for column in db.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in db.fetchall()]
