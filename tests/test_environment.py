"""The ground the other tests stand on."""

import psycopg
import pytest
import redis


def test_every_test_gets_an_empty_database_of_its_own(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE mine (id int)")
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (1,)


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_valkey(redis_url: str, turn: int) -> None:
    client = redis.Redis.from_url(redis_url)
    assert client.set("mine", turn, nx=True)
    client.close()


@pytest.mark.django_db
def test_django_has_its_migrated_database() -> None:
    from django.contrib.auth.models import User

    assert User.objects.count() == 0
