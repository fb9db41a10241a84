"""What a test may leave behind in its process: connections of the pool, threads, sockets."""

import threading
from pathlib import Path

from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

OF_THE_POOL = "pool-"  # so psycopg calls the threads that tend it


def lent_to_others() -> int:
    """How many connections of this process's pool are with other threads than this one."""
    stats = _stats()
    return stats.get("pool_size", 0) - stats.get("pool_available", 0) - (connection.connection is not None)


def threads() -> list[str]:
    """The names of those that run, without the pool's, which come with the first use of the database."""
    return [thread.name for thread in threading.enumerate() if not thread.name.startswith(OF_THE_POOL)]


def open_sockets() -> int:
    """Without the pool's connections, which stay for whoever comes next."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            count += str(descriptor.readlink()).startswith("socket:")
        except OSError:
            continue
    return count - _stats().get("pool_size", 0)


def _stats() -> dict[str, int]:
    pool = DatabaseWrapper._connection_pools.get("default")  # type: ignore[attr-defined]  # as Django 5.1 has it
    found: dict[str, int] = pool.get_stats() if pool is not None else {}
    return found
