"""database_query: reaching PostgreSQL, and leaving it."""

from time import monotonic

import psycopg
import pytest

from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer, black_hole, free_port
from tests.workers.actions.querying import ask, failure
from workers.egress import Egress, Protected
from workers.errors import Aborted, StepMisconfigured, StepTimedOut


def test_a_wrong_password_is_told_without_showing_it(postgres_url: str) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(postgres_url)
    error = failure(
        {
            "host": parts["host"],
            "port": parts["port"],
            "database": parts["dbname"],
            "username": parts["user"],
            "password": "wrong-hush",
        },
        "SELECT 1",
    )
    assert (error.kind, error.code) == ("action", "sqlstate_28P01")
    assert "hush" not in error.message


def test_an_unknown_database(postgres_url: str) -> None:
    error = failure(postgres_url.rpartition("/")[0] + "/nowhere", "SELECT 1")
    assert (error.kind, error.code) == ("action", "sqlstate_3D000")


def test_nobody_there() -> None:
    error = failure(f"postgresql://ann:hush-hush@127.0.0.1:{free_port()}/db", "SELECT 1")
    assert (error.kind, error.code) == ("unreachable", "refused")
    assert "hush" not in error.message
    error = failure("postgresql://ann:hush-hush@no-such-host.invalid/db", "SELECT 1")
    assert (error.kind, error.code) == ("unreachable", "dns")


def test_a_role_that_has_all_its_connections(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE ROLE crowded LOGIN PASSWORD 'long-enough' CONNECTION LIMIT 0")
        parts = psycopg.conninfo.conninfo_to_dict(postgres_url)
        url = f"postgresql://crowded:long-enough@{parts['host']}:{parts['port']}/{parts['dbname']}"
        error = failure(url, "SELECT 1")
        owner.execute("DROP ROLE crowded")
    assert (error.kind, error.code) == ("action", "sqlstate_53300")


def test_the_workers_own_environment_gives_no_password(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(postgres_url)
    monkeypatch.setenv("PGPASSWORD", str(parts["password"]))
    error = failure(
        {"host": parts["host"], "port": parts["port"], "database": parts["dbname"], "username": parts["user"]},
        "SELECT 1",
    )
    assert error.code == "sqlstate_28P01"


def test_a_server_that_breaks_off() -> None:
    def script(talk: Conversation) -> None:
        talk.sock.recv(1000)
        talk.reset()

    with Peer(script) as peer:
        error = failure(f"postgresql://a:b@127.0.0.1:{peer.port}/db?sslmode=disable", "SELECT 1")
    assert error.kind == "unreachable"


def test_the_products_own_database_is_denied(postgres_url: str) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(postgres_url)
    own = Protected(host="127.0.0.1", port=int(str(parts["port"])), database=str(parts["dbname"]))
    run = Run(egress=Egress(protected=[own]))
    with pytest.raises(StepMisconfigured, match="belongs to Stepwell") as caught:
        run("database_query", connection=postgres_url.replace("127.0.0.1", "localhost"), query="SELECT 1")
    assert caught.value.code == "egress_denied"
    other = postgres_url.rpartition("/")[0] + "/postgres"
    assert Run(egress=Egress(protected=[own]))("database_query", connection=other, query="SELECT 1 AS a")["count"] == 1


def silent(talk: Conversation) -> None:
    talk.wait()


@pytest.mark.usefixtures("leaves_nothing")
def test_a_deadline_and_an_abort_end_a_login_that_nobody_answers() -> None:
    with Peer(silent) as peer, black_hole() as hole:
        for port in (peer.port, hole):
            url = f"postgresql://a:b@127.0.0.1:{port}/db"
            started = monotonic()
            error = failure(url, "SELECT 1", seconds=0.3)
            assert (error.kind, error.code) == ("timeout", "connect_timeout")
            run = Run(30)
            aborter = run.abort_when(lambda: True)
            with pytest.raises(Aborted):
                run("database_query", connection=url, query="SELECT 1")
            aborter.join()
            assert monotonic() - started < 10


def running_queries(url: str) -> int:
    return int(
        ask(
            url,
            "SELECT count(*) AS n FROM pg_stat_activity "
            "WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'",
        )["first_row"]["n"]
    )


@pytest.mark.usefixtures("leaves_nothing")
@pytest.mark.parametrize("how", ["deadline", "abort"])
@pytest.mark.parametrize("transaction", [True, False])
def test_a_long_query_is_stopped_in_the_server_as_well(postgres_url: str, how: str, transaction: bool) -> None:
    run = Run(0.4 if how == "deadline" else 30)
    aborter = run.abort_when(lambda: running_queries(postgres_url) > 0) if how == "abort" else None
    started = monotonic()
    with pytest.raises((StepTimedOut, Aborted)):
        run("database_query", connection=postgres_url, query="SELECT pg_sleep(60)", transaction=transaction)
    assert monotonic() - (run.abort.at or started + 0.4) < 10
    if aborter:
        aborter.join()
    while running_queries(postgres_url):
        assert monotonic() - started < 10


@pytest.mark.usefixtures("leaves_nothing")
def test_reading_many_rows_can_be_aborted(postgres_url: str) -> None:
    run = Run(30)
    aborter = run.abort_when(lambda: True)
    with pytest.raises(Aborted):
        run(
            "database_query",
            connection=postgres_url,
            query="SELECT g FROM generate_series(1, 2000000000) g",
            transaction=False,
        )
    aborter.join()
    assert run.abort.at is not None
    assert monotonic() - run.abort.at < 10
