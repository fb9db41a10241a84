"""How many messages wait in each Celery queue, and how many a worker has taken and not acknowledged."""

import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from celery import current_app
from kombu.exceptions import ChannelError, KombuError, OperationalError

from executions.models import WorkerProcess
from executions.queue import CONTROL, STEPS
from flows.models import Environment

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 2
LOOKED_AT: Final = 2000  # unacknowledged messages


@dataclass(frozen=True)
class QueueLength:
    name: str
    waiting: int
    unacked: int | None  # None: this broker does not tell


def read_queues() -> list[QueueLength] | None:
    """Of every queue that is ours; None if the broker does not answer."""
    names = queue_names()
    try:
        with current_app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE_SECONDS)
            waiting = {name: _waiting(connection, name) for name in names}
            unacked = _unacked(connection)
    except (OperationalError, KombuError, OSError) as exc:
        log.warning("the broker does not answer: %s", type(exc).__name__)
        return None
    return [QueueLength(name, waiting[name], None if unacked is None else unacked[name]) for name in names]


def queue_names() -> list[str]:
    """Those of everybody, and one for each worker group that an environment or a process names."""
    groups = set(Environment.objects.exclude(worker_group="").values_list("worker_group", flat=True))
    groups |= set(WorkerProcess.objects.filter(stopped_at=None).values_list("worker_group", flat=True))
    return [STEPS, CONTROL, *(f"{STEPS}.{group}" for group in sorted(groups) if group)]


def _waiting(connection: Any, name: str) -> int:
    with connection.channel() as channel:
        try:
            return int(channel.queue_declare(queue=name, passive=True).message_count)
        except ChannelError:  # nobody has sent anything there yet
            return 0


def _unacked(connection: Any) -> Counter[str] | None:
    """By queue; only a Redis keeps them where one can look."""
    if connection.transport.driver_type != "redis":
        return None
    with connection.channel() as channel:
        kept: Iterable[tuple[bytes, bytes]] = channel.client.hscan_iter(channel.unacked_key, count=500)
        return Counter(str(json.loads(value)[2]) for _, value in islice(kept, LOOKED_AT))
