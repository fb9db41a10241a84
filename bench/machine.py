"""What the figures were measured on."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import django
import psycopg
import redis

from bench.stack import Stack


def describe(stack: Stack) -> str:
    """One line for above a table."""
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    client = redis.Redis.from_url(stack.redis_url)
    info = client.info("server")
    client.close()
    valkey = info.get("valkey_version") or info.get("redis_version")
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} cores, {_processor()} · {platform.system()} · "
        f"Python {platform.python_version()} · Django {django.__version__} · PostgreSQL {row[0] if row else '?'} · "
        f"Valkey {valkey} · load when it began {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
