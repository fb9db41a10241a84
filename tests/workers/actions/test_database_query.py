"""database_query against PostgreSQL and SQLite."""

import threading
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError

from flows.language.actions.database_query import DatabaseQueryConfig
from tests.workers.actions.conftest import Run
from tests.workers.actions.querying import ask, failure
from workers.actions import ACTIONS
from workers.actions.base import Park
from workers.errors import Aborted, StepError, StepMisconfigured, StepTimedOut


def file_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'shop.db'}"


@pytest.fixture(params=["postgresql", "sqlite"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, with two orders in it."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else file_in(tmp_path)
    ask(url, "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT NOT NULL, note TEXT)")
    ask(url, "INSERT INTO orders VALUES (1, 'paid', NULL), (2, 'open', 'it''s :new')")
    return str(url)


def test_rows(either: str) -> None:
    result = ask(either, "SELECT id, state, note FROM orders ORDER BY id")
    assert result.pop("duration_ms") > 0
    assert result == {
        "rows": [{"id": 1, "state": "paid", "note": None}, {"id": 2, "state": "open", "note": "it's :new"}],
        "row_count": 2,
        "first_row": {"id": 1, "state": "paid", "note": None},
        "rows_affected": 0,
        "count": 2,
        "columns": ["id", "state", "note"],
        "truncated": False,
    }


def test_no_rows(either: str) -> None:
    result = ask(either, "SELECT * FROM orders WHERE id = 99")
    assert (result["rows"], result["row_count"], result["first_row"], result["count"]) == ([], 0, None, 0)
    assert result["columns"] == ["id", "state", "note"]


def test_changes_are_counted_and_kept(either: str) -> None:
    result = ask(either, "UPDATE orders SET state = 'sent'")
    assert (result["rows_affected"], result["count"], result["rows"], result["columns"]) == (2, 2, [], [])
    assert ask(either, "SELECT DISTINCT state FROM orders")["first_row"] == {"state": "sent"}


@pytest.mark.parametrize(
    "query", ["INSERT INTO orders VALUES (3, 'new', '') RETURNING id", "DELETE FROM orders WHERE id = 1 RETURNING id"]
)
def test_returning_gives_rows_and_changes(either: str, query: str) -> None:
    result = ask(either, query)
    assert (result["row_count"], result["rows_affected"]) == (1, 1)
    assert result["first_row"]["id"] in (1, 3)
    assert ask(either, "SELECT count(*) AS n FROM orders")["first_row"]["n"] in (1, 3)


@pytest.mark.parametrize(
    ("where", "config"),
    [
        ("id = ?", {"params": [2]}),
        ("id = $1", {"params": [2]}),
        ("id = $2 AND state <> $1", {"params": ["paid", 2]}),
        ("id = :id", {"params": {"id": 2}}),
        ("id = :id AND id = :id", {"named_params": {"id": 2}}),
        ("state = ? AND note IS NOT NULL /* ? */ -- ?", {"params": ["open"]}),
        ("note = 'it''s :new' AND id = :id", {"params": {"id": 2}}),
        ("note LIKE '%?%' OR id = ?", {"params": [2]}),
        ("CAST(id AS TEXT) = ?", {"params": ["2"]}),
    ],
)
def test_parameters(either: str, where: str, config: dict[str, Any]) -> None:
    assert ask(either, f"SELECT id FROM orders WHERE {where}\n", **config)["rows"] == [{"id": 2}]


def test_a_value_is_never_part_of_the_statement(either: str) -> None:
    assert ask(either, "SELECT id FROM orders WHERE state = :s", params={"s": "x' OR '1'='1"})["rows"] == []


@pytest.mark.parametrize(
    ("query", "params", "says"),
    [
        ("SELECT ?", [1, 2], "1 place .*2 values"),
        ("SELECT ?, ?", [1], "2 places .*1 value"),
        ("SELECT $3", [1], r"wants \$3"),
        ("SELECT $1", [1, 2], r"no \$2"),
        ("SELECT $1", None, r"wants \$1"),
        ("SELECT :a", {"b": 1}, "wants the parameter :a"),
        ("SELECT :a", {"a": 1, "b": 2}, "no place for the parameter :b"),
    ],
)
def test_parameters_that_do_not_fit(either: str, query: str, params: Any, says: str) -> None:
    with pytest.raises(StepMisconfigured, match=says) as caught:
        ask(either, query, params=params)
    assert caught.value.code == "params"


def test_columns_of_one_name_are_told_apart(either: str) -> None:
    result = ask(either, "SELECT 1 AS id, 2 AS id, 3 AS id_2")
    assert result["rows"] == [{"id": 1, "id_3": 2, "id_2": 3}]


def test_rows_beyond_the_limit_are_cut_and_counted(either: str) -> None:
    result = ask(either, "SELECT id FROM orders ORDER BY id", max_rows=1)
    assert (len(result["rows"]), result["row_count"], result["truncated"]) == (1, 2, True)


def test_what_only_reads_cannot_write_and_may_be_repeated(either: str) -> None:
    action = ACTIONS["database_query"]
    queries = {
        "SELECT count(*) FROM orders": True,
        "  -- all\n select o.id from orders o where lower(o.state) in ('a');": True,
        "WITH x AS (SELECT 1) SELECT * FROM x": True,
        "SELECT nextval('s')": False,
        "SELECT * FROM orders FOR UPDATE": False,
        "SELECT * INTO copy FROM orders": False,
        "SELECT 1; DELETE FROM orders": False,
        "WITH x AS (DELETE FROM orders RETURNING id) SELECT * FROM x": False,
        "INSERT INTO orders VALUES (9, 'x', '')": False,
    }
    for query, harmless in queries.items():
        assert action.is_repeatable(DatabaseQueryConfig(connection=either, query=query)) is harmless, query
    error = failure(either, "DELETE FROM orders", transaction="read_only")
    assert error.kind == "action"
    assert ask(either, "SELECT count(*) AS n FROM orders")["first_row"] == {"n": 2}


def test_bad_sql(either: str) -> None:
    error = failure(either, "SELEC 1")
    assert error.kind == "action"
    assert error.code == ("sqlstate_42601" if either.startswith("postgres") else "sqlite_error")
    assert "SELEC" in error.message


def test_a_violated_constraint(either: str) -> None:
    error = failure(either, "INSERT INTO orders VALUES (1, 'again', '')")
    assert error.kind == "action"
    assert error.code in ("sqlstate_23505", "sqlite_constraint_primarykey")


def test_a_mapping_says_the_same_as_a_url(postgres_url: str) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(postgres_url)
    connection = {
        "type": "postgres",
        "host": parts["host"],
        "port": str(parts["port"]),
        "database": parts["dbname"],
        "username": parts["user"],
        "password": parts["password"],
        "ssl": False,
    }
    assert ask(connection, "SELECT current_database() AS name")["first_row"] == {"name": parts["dbname"]}
    dsn = " ".join(f"{name}={value}" for name, value in parts.items())
    assert ask(dsn, "SELECT 1 AS one")["first_row"] == {"one": 1}


def test_types_of_postgresql(postgres_url: str) -> None:
    row = ask(
        postgres_url,
        """
        SELECT 59.90::numeric AS total, 'NaN'::numeric AS nan, 'Infinity'::float8 AS inf, 0.1::float4 AS f4,
               7::int8 AS big, date '2024-01-31' AS day, timestamp '2024-01-31 10:00:00.5' AS at,
               timestamptz '2024-01-31 10:00+00' AS tz,
               time '10:00' AS clock, interval '1 day' AS span, '3f2b8c1e-0000-4000-8000-000000000000'::uuid AS id,
               '\\x0001ff'::bytea AS raw, '{"a": [1, 2.50]}'::jsonb AS doc, 'null'::json AS nil, ARRAY[1.50, 2] AS list,
               ARRAY['a', NULL] AS texts, true AS flag, 'infinity'::date AS never, int4range(1, 5) AS span2,
               NULL AS gone,
               '127.0.0.1'::inet AS ip, ARRAY[date '2024-01-31'] AS days, ROW(1, 'x') AS pair
        """,
    )["first_row"]
    day, stamp = "2024-01-31", row.pop("tz")
    assert stamp.startswith(f"{day}T")
    assert stamp[-3] == ":"
    assert row == {
        "total": Decimal("59.90"), "nan": "NaN", "inf": "inf", "f4": 0.1, "big": 7, "day": day,
        "at": f"{day}T10:00:00.5",
        "clock": "10:00:00", "span": "1 day", "id": "3f2b8c1e-0000-4000-8000-000000000000", "raw": "AAH/",
        "doc": {"a": [1, Decimal("2.50")]}, "nil": None, "list": [Decimal("1.50"), Decimal(2)], "texts": ["a", None],
        "flag": True, "never": "infinity", "span2": "[1,5)", "gone": None, "ip": "127.0.0.1", "days": [day],
        "pair": "(1,x)",
    }  # fmt: skip


def test_values_of_parameters_keep_their_types(postgres_url: str) -> None:
    row = ask(
        postgres_url,
        "SELECT $1::int + 1 AS n, $2::numeric AS d, $3::jsonb AS doc, $4::text IS NULL AS nil, "
        "3 = ANY($5) AS has, $6::bool AS b, "
        "$7::uuid AS u, '{\"k\": 1}'::jsonb ? 'k' AS op, '{5,6,7}'::int[] AS arr",
        params=[41, Decimal("0.10"), {"a": 1}, None, [1, 2, 3], True, "3f2b8c1e-0000-4000-8000-000000000000"],
    )["first_row"]
    assert row == {
        "n": 42, "d": Decimal("0.10"), "doc": {"a": 1}, "nil": True, "has": True, "b": True,
        "u": "3f2b8c1e-0000-4000-8000-000000000000", "op": True, "arr": [5, 6, 7],
    }  # fmt: skip


def test_casts_slices_and_dollar_quotes_are_not_parameters(postgres_url: str) -> None:
    row = ask(
        postgres_url,
        "SELECT :n::int AS n, $$ :n ? $1 $$ AS q, $t$:n$t$ AS t, E'it\\'s :n' AS e, "
        '(ARRAY[1,2,3])[:n:2] AS s, ":n" FROM (SELECT 1 AS ":n") x',
        params={"n": 1},
    )["first_row"]
    assert row == {"n": 1, "q": " :n ? $1 ", "t": ":n", "e": "it's :n", "s": [1, 2], ":n": 1}


def test_a_statement_that_may_not_be_in_a_transaction(postgres_url: str) -> None:
    assert ask(postgres_url, "VACUUM")["count"] == 0


def test_several_statements_at_once_are_all_or_nothing(postgres_url: str) -> None:
    failure(postgres_url, "CREATE TABLE a (n int); INSERT INTO a VALUES (1); SELECT 1/0")
    assert failure(postgres_url, "SELECT * FROM a").code == "sqlstate_42P01"
    assert ask(postgres_url, "CREATE TABLE a (n int); INSERT INTO a VALUES (1), (2); SELECT * FROM a")["count"] == 2


def test_a_query_that_reads_cannot_be_made_to_write_by_what_a_template_put_in(postgres_url: str) -> None:
    ask(postgres_url, "CREATE TABLE a (n int)")
    run = Run()
    run.context.written = {"query": "SELECT * FROM a WHERE n = ${n}"}
    with pytest.raises(StepError):
        run(
            "database_query",
            connection=postgres_url,
            query="SELECT * FROM a WHERE n = 1; COMMIT; INSERT INTO a VALUES (1)",
        )
    assert ask(postgres_url, "SELECT count(*) AS n FROM a")["first_row"] == {"n": 0}


def test_a_large_result_is_read_to_its_end(postgres_url: str) -> None:
    result = ask(postgres_url, "SELECT g, repeat('x', 100) AS t FROM generate_series(1, 50000) g", max_rows=3)
    assert (result["row_count"], len(result["rows"]), result["truncated"]) == (50000, 3, True)


def test_details_of_an_error_are_kept(postgres_url: str) -> None:
    ask(postgres_url, "CREATE TABLE users (email text UNIQUE)")
    ask(postgres_url, "INSERT INTO users VALUES ('a@b')")
    error = failure(postgres_url, "INSERT INTO users VALUES ('a@b')")
    assert (error.kind, error.code) == ("action", "sqlstate_23505")
    assert error.partial is not None
    assert error.partial["detail"] == "Key (email)=(a@b) already exists."
    assert error.partial["constraint"] == "users_email_key"


# --- SQLite ---


def test_sqlite_files_need_the_workers_permission(tmp_path: Path) -> None:
    with pytest.raises(StepMisconfigured, match="STEPWELL_LOCAL_FILES") as caught:
        Run(local_files=False)("database_query", connection=file_in(tmp_path), query="SELECT 1")
    assert caught.value.code == "local_files"


def test_sqlite_in_memory_reaches_no_file(tmp_path: Path) -> None:
    run = Run(local_files=False)
    assert run("database_query", connection="sqlite://", query="SELECT 1 AS a")["rows"] == [{"a": 1}]
    for query in (f"ATTACH DATABASE '{tmp_path}/x.db' AS x", f"VACUUM INTO '{tmp_path}/y.db'"):
        with pytest.raises(StepError):
            Run(local_files=False)("database_query", connection="sqlite://", query=query)
    assert list(tmp_path.iterdir()) == []


def test_types_of_sqlite(tmp_path: Path) -> None:
    row = ask(
        file_in(tmp_path),
        "SELECT 1.5 AS f, x'00ff' AS raw, NULL AS gone, ? AS flag, ? AS doc, 9e999 AS inf",
        params=[True, {"a": 1}],
    )["first_row"]
    assert row == {"f": 1.5, "raw": "AP8=", "gone": None, "flag": 1, "doc": '{"a":1}', "inf": "inf"}


def test_changes_that_a_trigger_made_are_not_counted(tmp_path: Path) -> None:
    url = file_in(tmp_path)
    ask(url, "CREATE TABLE a (n)")
    ask(url, "CREATE TABLE seen (n)")
    ask(url, "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO seen VALUES (new.n), (new.n); END")
    assert ask(url, "INSERT INTO a VALUES (1)")["rows_affected"] == 1


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.mark.usefixtures("leaves_nothing")
@pytest.mark.parametrize("how", ["deadline", "abort"])
def test_an_endless_sqlite_query_is_interrupted(tmp_path: Path, how: str) -> None:
    run = Run(0.3 if how == "deadline" else 30)
    aborter = run.abort_when(lambda: True) if how == "abort" else None
    started = monotonic()
    with pytest.raises((StepTimedOut, Aborted)):
        run("database_query", connection=file_in(tmp_path), query=ENDLESS)
    assert monotonic() - started < 10
    if aborter:
        aborter.join()


@pytest.mark.usefixtures("leaves_nothing")
def test_a_locked_sqlite_file_is_waited_for(tmp_path: Path) -> None:
    import sqlite3

    url = file_in(tmp_path)
    ask(url, "CREATE TABLE a (n)")
    holder = sqlite3.connect(tmp_path / "shop.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    error = failure(url, "INSERT INTO a VALUES (1)", seconds=0.3)
    assert error.kind == "timeout"
    timer = threading.Timer(0.3, holder.rollback)
    timer.start()
    assert ask(url, "INSERT INTO a VALUES (1)")["rows_affected"] == 1
    timer.join()
    holder.close()


# --- polling, other databases, configs ---


def test_polling_parks_until_a_row_comes(either: str) -> None:
    config: dict[str, Any] = {
        "connection": either,
        "query": "SELECT id FROM orders WHERE state = 'sent'",
        "poll": {"interval": "2s", "timeout": "1m"},
    }
    run = Run()
    parked = run.park_or_result("database_query", **config)
    assert isinstance(parked, Park)
    assert parked.seconds == 2
    ask(either, "UPDATE orders SET state = 'sent' WHERE id = 1")
    run.context.resumed = parked.state
    assert run("database_query", **config) | {"duration_ms": 0} == ask(either, config["query"]) | {
        "attempts": 2,
        "duration_ms": 0,
    }


def test_polling_gives_up(either: str) -> None:
    error = failure(either, "SELECT id FROM orders WHERE id = 99", poll={"interval": "1s", "timeout": "500ms"})
    assert (error.kind, error.code) == ("timeout", "poll_timeout")
    assert error.message == "No row came within 0.5 s; the query was asked once"


def test_a_database_without_a_driver_names_the_package() -> None:
    error = failure("mysql://ann:hush@db/shop", "SELECT 1")
    assert (error.kind, error.code) == ("config", "no_driver")
    assert "PyMySQL" in error.message


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"connection": "mongodb://h/db"}, "known are postgresql"),
        ({"connection": "just-a-name"}, "must be a URL"),
        ({"connection": "postgresql://h:54x2/db"}, "not a number"),
        ({"connection": {"type": "access"}}, "no database type"),
        ({"connection": "sqlite://", "params": [1], "named_params": {"a": 1}}, "takes one of them"),
        ({"connection": "sqlite://", "max_rows": 0}, "greater than or equal to 1"),
        ({"connection": "sqlite://", "quer": "x"}, "Extra inputs"),
    ],
)
def test_wrong_configs_are_refused(config: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        DatabaseQueryConfig.model_validate({"query": "SELECT 1", **config})


def test_the_record_shows_the_connection_without_its_password(postgres_url: str) -> None:
    run = Run()
    run("database_query", connection=postgres_url, query="SELECT 1", params=[])
    shown = run.context.request["connection"]
    assert shown["type"] == "postgresql"
    assert shown["host"] == "127.0.0.1"
    assert "password" not in shown


def test_what_it_touches(postgres_url: str) -> None:
    endpoint = ACTIONS["postgresql.query"].endpoint(
        DatabaseQueryConfig(connection="postgres://u:p@db/shop", query="select 1"), {}
    )
    assert endpoint is not None
    assert (endpoint.protocol, endpoint.service, endpoint.operation, endpoint.route) == (
        "postgresql",
        "db:5432",
        "SELECT",
        "shop",
    )
