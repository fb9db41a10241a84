"""What the faults are made in: a whole Stepwell with its shop, a PostgreSQL with passwords, small HTTP servers."""

import json
import secrets
import socket
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis

from bench.diagnosis.cases import Case
from bench.diagnosis.target import Target
from bench.stack import Stack, started
from cli.embedded.home import Home
from cli.embedded.postgres import EmbeddedPostgres

DATABASE = "corpus"
_HASTY = {"fsync": "off", "synchronous_commit": "off", "shared_buffers": "16MB"}


class World:
    def __init__(self, stack: Stack, postgres: EmbeddedPostgres | None = None, port: int = 0) -> None:
        """Without a PostgreSQL, only cases that need none of their own can be played."""
        self.stack = stack
        self._postgres, self._port = postgres, port
        ready = json.loads(Home(stack.home).shop_ready_file.read_text())
        self.shop: Mapping[str, str] = ready["environment"]
        self._targets: dict[str, list[Target]] = {}
        self._key_targets: dict[str, Target] = {}  # keepers of keys: identity providers

    @property
    def database_url(self) -> str:
        """Of the database with passwords, as its owner."""
        assert self._postgres is not None, "this world has no database with passwords"
        return self._postgres.url(DATABASE)

    def login_url(self, case: str, *, database: str = DATABASE) -> str:
        return f"postgresql://{case}:{self.password(case)}@127.0.0.1:{self._port}/{database}"

    def password(self, case: str) -> str:
        return f"password-of-{case}-in-the-corpus"

    def targets(self, case: Case) -> list[Target]:
        """Its servers; the n-th belongs to the n-th flow."""
        if case.id not in self._targets:
            how_many = 1 if case.shared_target else 1 + case.fleet
            keys = self._key_targets[case.id] = Target()
            made = [Target(keys_url=keys.url, publish=self.publish) for _ in range(how_many)]
            self._targets[case.id] = made
        return self._targets[case.id]

    def keeper(self, case: Case) -> Target:
        """Of the keys that the case's servers let in."""
        self.targets(case)
        return self._key_targets[case.id]

    def addresses(self, case: Case) -> dict[str, str]:
        targets = self.targets(case)
        numbered = {f"TARGET_{n}": targets[(n - 1) % len(targets)].url for n in range(1, 2 + case.fleet)}
        return {**self.shop, **numbered}

    def publish(self, topic: str, value: str) -> None:
        """One message to the shop's Kafka; it is there when this returns."""
        from confluent_kafka import Producer

        producer = Producer({"bootstrap.servers": self.shop["SHOP_KAFKA"], "linger.ms": 0})
        producer.produce(topic, value=value.encode())
        producer.flush(10)

    def ask_shop(self, method: str, path: str, body: Any) -> None:
        request = urllib.request.Request(
            self.shop["SHOP_URL"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()

    def in_shop(self, statements: str) -> None:
        with psycopg.connect(self.shop["SHOP_DATABASE_URL"], autocommit=True) as connection:
            connection.execute(statements)

    def in_cache(self, words: Sequence[str]) -> None:
        with redis.Redis.from_url(self.shop["SHOP_REDIS_URL"]) as client:
            client.execute_command(*words)

    def in_database(self, statements: str) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(statements)

    def close(self) -> None:
        for targets in (self._key_targets.values(), *self._targets.values()):
            for target in targets:
                target.close()


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    port = _free_port()
    with ExitStack() as stack:
        product = stack.enter_context(started(folder / "home", shop=True))
        postgres = EmbeddedPostgres(folder / "pg", password=secrets.token_hex(8), port=port, settings=_HASTY)
        stack.enter_context(postgres)
        postgres.ensure_database(DATABASE)
        world = World(product, postgres, port)
        stack.callback(world.close)
        yield world


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
