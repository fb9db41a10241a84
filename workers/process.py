"""What one worker process has: its watch, its engine, its clock. Started with the Celery worker, stopped with it."""

import os
import threading
from urllib.parse import urlsplit

from celery.signals import worker_init, worker_shutdown, worker_shutting_down
from django.conf import settings

from workers.clock import Clock
from workers.egress import Egress, Protected
from workers.engine import Engine
from workers.watch import Watch


class Process:
    """Started at its first use: by the worker's signal, or where there is none, by the first task."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parts: tuple[Watch, Engine, Clock] | None = None

    @property
    def engine(self) -> Engine:
        with self._lock:
            if self._parts is None:
                watch = Watch(group=os.environ.get("STEPWELL_WORKER_GROUP", ""))
                watch.start()
                engine = Engine(watch, make_egress())
                clock = Clock(engine)
                clock.start()
                self._parts = (watch, engine, clock)
            return self._parts[1]

    def finish_up(self) -> None:
        """Hops end with the step they are at; what follows is sent to others."""
        if self._parts is not None:
            self._parts[1].is_stopping = True

    def stop(self) -> None:
        """Give the lease back. Attempts still being made are lost, and are treated so at once."""
        with self._lock:
            if self._parts is not None:
                watch, _, clock = self._parts
                clock.stop()
                watch.stop()
                self._parts = None


this_process = Process()


def make_egress() -> Egress:
    """The rules of the settings, and what no rule can allow: the product's own database and broker."""
    return Egress(allow=settings.EGRESS_ALLOW, deny=settings.EGRESS_DENY, protected=_own_endpoints())


def _own_endpoints() -> list[Protected]:
    database = settings.DATABASES["default"]
    host, name = str(database["HOST"] or "localhost"), str(database["NAME"])
    if host.startswith("/"):
        found = [Protected(socket=host, database=name)]
    else:
        found = [Protected(host=host, port=int(database["PORT"] or 5432), database=name)]
    for url in {settings.REDIS_URL, settings.BROKER_URL}:
        parts = urlsplit(url)
        if parts.scheme in {"unix", "redis+socket"}:
            found.append(Protected(socket=parts.path))
        else:
            found.append(Protected(host=parts.hostname or "localhost", port=parts.port or 6379))
    return found


@worker_init.connect
def _start(**_: object) -> None:
    this_process.engine.is_stopping = False


@worker_shutting_down.connect
def _no_further_steps(**_: object) -> None:
    this_process.finish_up()


@worker_shutdown.connect
def _stop(**_: object) -> None:
    this_process.stop()
