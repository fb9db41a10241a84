"""What every test may ask for: a PostgreSQL and a Valkey of its own, Django's database, the whole product running."""

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, settings

from analytics.analysis.fake import FakeAnthropic
from cli.embedded.postgres import EmbeddedPostgres
from cli.embedded.valkey import EmbeddedValkey
from tests import emptying
from tests.environment import PASSWORD, POSTGRES_PORT, SESSION_FOLDER, VALKEY_PORT
from tests.kafka import Cluster, cluster, names_of_clusters
from tests.leftovers import lent_to_others
from tests.migrated_data import lay_out_postgres
from tests.running_stack import Stack, running_stack, wait_until

# How long an example takes says what else the machine does.
settings.register_profile("stepwell", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stepwell")

DATABASES = 64
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Embedded:
    """The servers of this test session."""

    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """One PostgreSQL and one Valkey, started by the product's own code; they need not survive a power cut here."""
    hasty = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    postgres = EmbeddedPostgres(SESSION_FOLDER / "postgres", password=PASSWORD, port=POSTGRES_PORT, settings=hasty)
    valkey = EmbeddedValkey(SESSION_FOLDER / "valkey", port=VALKEY_PORT, durable=False, databases=DATABASES)
    lay_out_postgres(SESSION_FOLDER / "postgres")
    with postgres, valkey:
        yield Embedded(postgres, valkey)


@pytest.fixture(scope="session")
def django_db_setup(embedded: Embedded, django_db_blocker: Any) -> Iterator[None]:
    """The session's database is thrown away with its server, so it is used as it is laid out."""
    from django.db import connections

    with django_db_blocker.unblock():
        emptying.install()
        yield
        connections.close_all()


@pytest.fixture(autouse=True)
def _connections_are_given_back() -> Iterator[None]:
    """A thread that ends with a connection of the pool has it for good: whoever wants the last one waits in vain.

    Looked at after every test, so that the one that lost it fails and not the one that finds none.
    """
    before = lent_to_others()
    yield
    wait_until(lambda: lent_to_others() <= before, 30, "every other thread has given its connection back")


@pytest.fixture
def postgres_url(embedded: Embedded) -> Iterator[str]:
    """A fresh, empty database over loopback TCP."""
    name = f"test_{next(_numbers)}"
    embedded.postgres.ensure_database(name)
    yield embedded.postgres.tcp_url(name)
    embedded.postgres.drop_database(name)


@pytest.fixture
def redis_url(embedded: Embedded) -> Iterator[str]:
    """An empty Valkey database over loopback TCP; database 0 is the product's."""
    url = embedded.valkey.tcp_url(1 + next(_numbers) % (DATABASES - 1))
    client = redis.Redis.from_url(url)
    client.flushdb()
    yield url
    client.flushdb()
    client.close()


@pytest.fixture(scope="session", params=names_of_clusters())
def kafka(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A Kafka broker; where Java and Maven are present, each test runs against Apache's own as well."""
    with ExitStack() as running:
        try:
            yield running.enter_context(cluster(request.param, SESSION_FOLDER / request.param))
        except (subprocess.SubprocessError, OSError) as exc:
            if request.param != "apache" or (SESSION_FOLDER / "apache" / "kafka.log").exists():
                raise
            pytest.skip(f"Apache Kafka cannot be had: {exc}")


@pytest.fixture
def kafka_brokers(kafka: Cluster) -> str:
    return kafka.brokers


@pytest.fixture(scope="session")
def model() -> Iterator[FakeAnthropic]:
    """Stands in for the model of the stack. What it does next is its `script`."""
    with FakeAnthropic(pause=0.02) as started:
        yield started


@pytest.fixture(scope="session")
def stack(model: FakeAnthropic) -> Iterator[Stack]:
    """The whole product as people run it: `stepwell up` with its own servers, workers, beat and demo shop.

    A server of ours stands in for the model; nothing asks it before an admin allows that.
    """
    told = {
        "ANTHROPIC_API_KEY": "key-of-the-tests",
        "ANTHROPIC_BASE_URL": model.url,
        "STEPWELL_AI_SECONDS": "10",  # a model that never answers is waited for as long as this
        "STEPWELL_AI_PER_MINUTE": "60",
    }
    with running_stack(SESSION_FOLDER / "home", environment=told) as started:
        yield started
