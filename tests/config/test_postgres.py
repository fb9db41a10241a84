"""The pool of connections when those in it are broken."""

import threading
from typing import Any

import psycopg
import psycopg_pool.pool
import pytest
from django.db import connection

from tests.conftest import Embedded
from workspaces.models import Workspace

MANY = 5


@pytest.fixture
def idle_ones(transactional_db: None) -> None:
    """So many connections lie in the pool, and this thread holds none."""
    all_have_one = threading.Barrier(MANY)

    def hold() -> None:
        connection.ensure_connection()
        all_have_one.wait(60)
        connection.close()

    threads = [threading.Thread(target=hold) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.close()


@pytest.mark.usefixtures("idle_ones")
def test_whoever_comes_first_after_all_were_cut_waits_for_none_of_them(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool: Any = connection.pool  # type: ignore[attr-defined]  # PostgreSQL's has one
    assert pool.get_stats()["pool_available"] >= MANY
    monkeypatch.setattr(psycopg_pool.pool, "sleep", lambda seconds: pytest.fail(f"it sleeps {seconds:g} s"))
    with psycopg.connect(embedded.postgres.tcp_url("stepwell"), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert Workspace.objects.count() == 0
