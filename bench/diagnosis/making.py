"""How a fault is made: each change of a case by its name."""

import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psycopg

from bench.diagnosis.cases import Case
from bench.diagnosis.world import DATABASE, World

WAIT_SECONDS = 20


class Making:
    """Makes the changes of one case. What lasts only while the flow runs ends with `during`."""

    def __init__(self, world: World, case: Case, edit: Callable[..., None], edit_flow: Callable[..., None]) -> None:
        self._world, self._case, self._edit, self._edit_flow = world, case, edit, edit_flow

    def make(self, changes: Any) -> None:
        for change in changes:
            ((what, how),) = change.items()
            if what not in _LASTING:
                getattr(self, f"_{what}")(how)

    @contextmanager
    def during(self, changes: Any) -> Iterator[None]:
        with ExitStack() as stack:
            for change in changes:
                ((what, how),) = change.items()
                if what in _LASTING:
                    stack.enter_context(_LASTING[what](self._world, self._case, how))
            yield

    def unmake(self) -> None:
        """Nothing of this case troubles the next."""
        with suppress(OSError):
            self._world.ask_shop("DELETE", f"/faults/{self._case.id}", {})

    def _fault(self, how: Mapping[str, Any]) -> None:
        key = {} if how["part"] == "certificate" else {"key": self._case.id}
        self._world.ask_shop("PUT", f"/faults/{self._case.id}", {**key, **how})

    def _shop_sql(self, how: str) -> None:
        self._world.in_shop(how)

    def _sql(self, how: str) -> None:
        self._world.in_database(how)

    def _redis(self, how: list[str]) -> None:
        self._world.in_cache(how)

    def _user(self, how: Mapping[str, Any]) -> None:
        self._world.ask_shop("POST", "/users", {"name": "Erin", **how})

    def _variables(self, how: Mapping[str, Any]) -> None:
        address = self._world.targets(self._case)[0].url.removeprefix("http://")
        self._edit(
            variables={
                name: value.replace("@address@", address) if isinstance(value, str) else value
                for name, value in how.items()
            }
        )

    def _secrets(self, how: Mapping[str, str]) -> None:
        url = self._world.login_url(self._case.id, database=f"{DATABASE}_of_nobody")
        self._edit(secrets={name: url if "@database@" in value else value for name, value in how.items()})

    def _flow(self, how: Mapping[str, str]) -> None:
        self._edit_flow(how)

    def _target(self, how: Mapping[str, Any]) -> None:
        for target in self._world.targets(self._case):
            target.routes |= how

    def _keys(self, how: list[str]) -> None:
        self._world.keeper(self._case).routes |= {f"GET /keys/{key}": {} for key in how}

    def _stop_keys(self, _how: Any) -> None:
        self._world.keeper(self._case).stop()

    def _stop(self, how: list[int]) -> None:
        for number in how:
            self._world.targets(self._case)[number - 1].stop()

    def _blackhole(self, how: list[int]) -> None:
        for number in how:
            self._world.targets(self._case)[number - 1].blackhole()


@contextmanager
def _lock(world: World, _case: Case, table: str) -> Iterator[None]:
    """Somebody else's transaction has changed the rows, and does not end."""
    with psycopg.connect(world.database_url) as connection:
        connection.execute(f"UPDATE {table} SET n = n")  # type: ignore[arg-type] # a name from a case's file
        yield
        connection.rollback()


@contextmanager
def _deadlock(world: World, case: Case, table: str) -> Iterator[None]:
    """Another transaction has the second row, and asks for the first as soon as the flow waits for the second."""
    with psycopg.connect(world.database_url) as connection:
        connection.execute("SET deadlock_timeout = '60s'")
        connection.execute(f"UPDATE {table} SET n = n WHERE id = 2")  # type: ignore[arg-type] # as above
        thread = threading.Thread(target=_ask_for_the_first, args=(world, case, table, connection))
        thread.start()
        yield
        thread.join(WAIT_SECONDS)
        connection.rollback()


def _ask_for_the_first(world: World, case: Case, table: str, connection: "psycopg.Connection[Any]") -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    waits = "SELECT 1 FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'"
    with psycopg.connect(world.database_url, autocommit=True) as watch:
        while time.monotonic() < deadline and watch.execute(waits, [case.id]).fetchone() is None:
            time.sleep(0.01)
    connection.execute(f"UPDATE {table} SET n = n WHERE id = 1")  # type: ignore[arg-type] # as above


@contextmanager
def _hammer(world: World, case: Case, path: str) -> Iterator[None]:
    """Another client asks as fast as it can."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.005):
            with suppress(OSError):
                urllib.request.urlopen(world.targets(case)[0].url + path, timeout=5).read()

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(1.2)  # until the second that is counted is full
    yield
    over.set()
    for thread in threads:
        thread.join(10)


_LASTING: Mapping[str, Callable[[World, Case, Any], Any]] = {"lock": _lock, "deadlock": _deadlock, "hammer": _hammer}
