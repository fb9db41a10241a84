"""Statements with typed parameters run prepared, answer and fail as a cursor would, and outlive what else happens."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from executions.database import dedicated, fetch_all, fetch_one

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "SELECT %(a)s::int + 1 AS sum"


def make_psycopg_prepare_statements_of_its_own() -> None:
    """Only then does it deallocate any."""
    for number in range(10):
        fetch_one("SELECT %(a)s AS untyped", {"a": number})


def test_a_rollback_forgets_no_statement() -> None:
    assert fetch_one(ADD, {"a": 1}) == {"sum": 2}
    make_psycopg_prepare_statements_of_its_own()
    with transaction.atomic():
        fetch_one("SELECT %(a)s AS untyped", {"a": 1})
        transaction.set_rollback(True)
    fetch_one("SELECT %(a)s AS untyped", {"a": 1})
    assert fetch_one(ADD, {"a": 2}) == {"sum": 3}


def test_a_change_of_schema_forgets_no_statement() -> None:
    assert fetch_one(ADD, {"a": 1}) == {"sum": 2}
    make_psycopg_prepare_statements_of_its_own()
    connection.connection.execute("CREATE TABLE short_lived (a int)")
    connection.connection.execute("DROP TABLE short_lived")
    connection.connection.execute("SELECT 1")
    assert fetch_one(ADD, {"a": 2}) == {"sum": 3}


TYPED = """
SELECT %(number)s::int AS number, %(big)s::bigint AS big, %(text)s::text AS text, %(flag)s::boolean AS flag,
       %(share)s::float8 AS share, %(blob)s::bytea AS blob, %(nothing)s::text AS nothing,
       (%(texts)s::text[])[2] AS second, (%(blobs)s::bytea[])[1] AS first,
       timestamptz '2026-01-02 03:04:05.6789+00' AS moment
"""
VALUES: dict[str, Any] = {
    "number": -7,
    "big": 2**60,
    "text": 'Zoë said "{a,\\b}" \n',
    "flag": True,
    "share": 0.1,
    "blob": b"\x00\xff",
    "nothing": None,
    "texts": ["a", 'b "c" {d,\\e}'],
    "blobs": [b'\x00\\"'],
}
FOUND = {
    **{name: VALUES[name] for name in ("number", "big", "text", "flag", "share", "blob", "nothing")},
    "second": VALUES["texts"][1],
    "first": VALUES["blobs"][0],
    "moment": datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC),
}


def test_every_type_comes_back_as_it_went() -> None:
    assert fetch_one(TYPED, VALUES) == FOUND
    assert fetch_one(TYPED, VALUES) == FOUND  # again, by the name it has now


def test_inside_a_transaction_it_is_the_same() -> None:
    with transaction.atomic():
        assert fetch_one(TYPED, VALUES) == FOUND


def test_rows_come_in_order_and_none_is_an_empty_list() -> None:
    many = "SELECT n::int AS n FROM generate_series(1, %(count)s::int) AS n"
    assert fetch_all(many, {"count": 3}) == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert fetch_all(many, {"count": 0}) == []


def test_what_the_server_refuses_is_an_error_of_django_and_the_connection_goes_on() -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        fetch_one("SELECT 1 / %(zero)s::int AS n", {"zero": 0})
    with pytest.raises(DatabaseError, match="0x00"):
        fetch_one("SELECT %(text)s::text AS text", {"text": "cut\0here"})
    with pytest.raises(DatabaseError, match="no_such_table"):
        fetch_one("SELECT %(n)s::int AS n FROM no_such_table", {"n": 1})
    assert fetch_one("SELECT %(n)s::int AS n", {"n": 1}) == {"n": 1}


def test_a_connection_that_is_gone_is_told_from_a_statement_that_is_wrong() -> None:
    # Given a connection that has prepared its statement
    asked = "SELECT pg_backend_pid() AS pid WHERE %(yes)s::boolean"
    found = fetch_one(asked, {"yes": True})
    assert found is not None
    # When the server ends it
    with dedicated() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [found["pid"]])
    # Then that is an error after which one may try again, and with a new connection it works
    with pytest.raises(OperationalError):
        fetch_one(asked, {"yes": True})
    connection.close()
    assert fetch_one(asked, {"yes": True}) is not None


def test_something_else_is_done_while_the_server_works() -> None:
    done: list[str] = []
    assert fetch_one(ADD, {"a": 1}, meanwhile=lambda: done.append("meanwhile")) == {"sum": 2}
    assert done == ["meanwhile"]


def test_an_error_comes_through_what_is_done_meanwhile_and_leaves_the_connection_good() -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        fetch_one("SELECT 1 / %(zero)s::int AS n", {"zero": 0}, meanwhile=lambda: None)
    with pytest.raises(ZeroDivisionError):
        fetch_one(ADD, {"a": 1}, meanwhile=lambda: 1 // 0)
    assert fetch_one(ADD, {"a": 2}) == {"sum": 3}


def test_a_commit_that_fails_after_the_rows_came_is_an_error() -> None:
    """Foreign keys are looked at when the statement is over, and may end in a deadlock with what others do."""
    connection.ensure_connection()
    connection.connection.execute("CREATE TABLE looked_at_last (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    add = "INSERT INTO looked_at_last VALUES (%(a)s::int) RETURNING a"
    try:
        assert fetch_one(add, {"a": 1}, meanwhile=lambda: None) == {"a": 1}
        for meanwhile in (None, lambda: None):
            with pytest.raises(IntegrityError, match="duplicate key"):
                fetch_one(add, {"a": 1}, meanwhile=meanwhile)
        assert fetch_one(add, {"a": 2}, meanwhile=lambda: None) == {"a": 2}
    finally:
        connection.connection.execute("DROP TABLE looked_at_last")


def test_waiting_for_a_lock_leaves_the_other_threads_of_the_process_alone() -> None:
    """One of them may have the lock."""
    key = {"key": 4711}
    with dedicated() as other:
        other.execute("SELECT pg_advisory_lock(%(key)s::bigint)", key)

        def give_up_the_lock() -> None:
            with dedicated() as third:
                while not third.execute(
                    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                ).fetchone():
                    threading.Event().wait(0.01)
            other.execute("SELECT pg_advisory_unlock(%(key)s::bigint)", key)

        thread = threading.Thread(target=give_up_the_lock, daemon=True)
        found = fetch_one("SELECT pg_advisory_xact_lock(%(key)s::bigint)::text AS got", key, meanwhile=thread.start)
        thread.join(20)
    assert found == {"got": ""}
