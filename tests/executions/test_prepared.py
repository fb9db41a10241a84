"""Statements prepared by name stay usable whatever else happens on their connection."""

import pytest
from django.db import connection, transaction

from executions.database import fetch_one

ADD = "SELECT %(a)s::int + 1 AS sum"


class Undo(Exception):
    pass


def test_a_rollback_forgets_no_statement(transactional_db: None) -> None:
    assert fetch_one(ADD, {"a": 1}) == {"sum": 2}
    with pytest.raises(Undo), transaction.atomic():
        connection.cursor().execute("SELECT 1")
        raise Undo
    assert fetch_one(ADD, {"a": 2}) == {"sum": 3}


def test_a_change_of_schema_forgets_no_statement(transactional_db: None) -> None:
    assert fetch_one(ADD, {"a": 1}) == {"sum": 2}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE short_lived (a int)")
        cursor.execute("ALTER TABLE short_lived ADD COLUMN b int")
        cursor.execute("DROP TABLE short_lived")
    assert fetch_one(ADD, {"a": 2}) == {"sum": 3}
