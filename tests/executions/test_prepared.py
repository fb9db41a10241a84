"""Statements prepared by name stay usable whatever else happens on their connection."""

from django.db import connection, transaction

from executions.database import fetch_one

ADD = "SELECT %(a)s::int + 1 AS sum"


def make_psycopg_prepare_statements_of_its_own() -> None:
    """Only then does it deallocate any."""
    for number in range(10):
        fetch_one("SELECT %(a)s AS untyped", {"a": number})


def test_a_rollback_forgets_no_statement(transactional_db: None) -> None:
    assert fetch_one(ADD, {"a": 1}) == {"sum": 2}
    make_psycopg_prepare_statements_of_its_own()
    with transaction.atomic():
        fetch_one("SELECT %(a)s AS untyped", {"a": 1})
        transaction.set_rollback(True)
    fetch_one("SELECT %(a)s AS untyped", {"a": 1})
    assert fetch_one(ADD, {"a": 2}) == {"sum": 3}


def test_a_change_of_schema_forgets_no_statement(transactional_db: None) -> None:
    assert fetch_one(ADD, {"a": 1}) == {"sum": 2}
    make_psycopg_prepare_statements_of_its_own()
    connection.connection.execute("CREATE TABLE short_lived (a int)")
    connection.connection.execute("DROP TABLE short_lived")
    connection.connection.execute("SELECT 1")
    assert fetch_one(ADD, {"a": 2}) == {"sum": 3}
