"""What one worker process has: its watch, its engine, its clock. Started with the Celery worker, stopped with it."""

import logging
import os
import threading
from urllib.parse import urlsplit

from celery.signals import worker_init, worker_shutdown, worker_shutting_down
from django.conf import settings

from workers.clock import Clock
from workers.egress import Egress, Protected
from workers.engine import Engine
from workers.watch import Watch

log = logging.getLogger(__name__)

_lock = threading.Lock()
_watch: Watch | None = None
_engine: Engine | None = None
_clock: Clock | None = None


def engine() -> Engine:
    """This process's engine; started at the first call where no worker signal did it (tests, management commands)."""
    global _watch, _engine, _clock
    with _lock:
        if _engine is None:
            _watch = Watch(group=os.environ.get("STEPWELL_WORKER_GROUP", ""))
            _watch.start()
            _engine = Engine(_watch, make_egress())
            _clock = Clock(_engine)
            _clock.start()
        return _engine


def stop() -> None:
    """Give the lease back. Attempts still being made are lost, and are treated so at once."""
    global _watch, _engine, _clock
    with _lock:
        if _clock is not None:
            _clock.stop()
        if _watch is not None:
            _watch.stop()
        _watch = _engine = _clock = None


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
    engine()


@worker_shutting_down.connect
def _no_further_steps(**_: object) -> None:
    if _engine is not None:
        _engine.is_stopping = True


@worker_shutdown.connect
def _stop(**_: object) -> None:
    stop()
