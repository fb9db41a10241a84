"""A long history, and how soon its pages are there: the list under every kind of filter, and the analytics."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx

from bench.rounds import Spread
from bench.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
WORKSPACE = "default"  # the stack's token is for it
LIST = "/api/v1/executions"

# One of each kind: no filter, each leading index, costly conditions, text, time, and several at once.
FILTERS: Mapping[str, str] = {
    "the 100 most recent": "",
    "by status": "status:failed",
    "by flow": "flow:{flow}",
    "by environment": "env:{environment}",
    "by trigger": "trigger:schedule",
    "by time": "since:30d until:20d",
    "by error text": 'error:"expected"',
    "by step": "step:{step}",
    "without a tag": "-tag:smoke",
    "had retries": "had:retries",
    "unresolved": "unresolved",
    "first failure after green": "first:failure",
    "slower than usual": "slow",
    "several at once": "status:failed env:{environment} since:30d",
}


def seed(stack: Stack, executions: int) -> float:
    """Fill the stack's workspace with about so many executions; the seconds it took."""
    began = time.monotonic()
    words = [sys.executable, "manage.py", "seed_history", "--workspace", WORKSPACE, "--executions", str(executions)]
    subprocess.run([*words, "--days", "90"], cwd=ROOT, check=True, capture_output=True, env=settings_of(stack))
    return time.monotonic() - began


def in_database(stack: Stack, addresses: Sequence[str], *, times: int) -> list[float]:
    """Seconds PostgreSQL works for one request to each."""
    asked = subprocess.run(
        [sys.executable, "-m", "bench.asking", str(times)],
        cwd=ROOT,
        check=True,
        input="\n".join(addresses),
        stdout=subprocess.PIPE,
        text=True,
        env=settings_of(stack),
    )
    return [float(line) for line in asked.stdout.split()]


def over_http(stack: Stack, addresses: Sequence[str], *, times: int) -> list[Spread]:
    """Seconds from the request to the last byte of the answer."""
    with closing(httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {stack.token}"})) as client:
        return [Spread(tuple(_ask(client, address) for _ in range(times))) for address in addresses]


def list_addresses(stack: Stack) -> dict[str, str]:
    """Name of the filter → address, with a flow, an environment and a step that are in the history."""
    with closing(httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {stack.token}"})) as client:
        failed = client.get(LIST, params={"q": "status:failed", "limit": 1}).json()["items"][0]
    known = {
        "flow": failed["flow"],
        "environment": failed["environment"],
        "step": failed["failed_step"].rpartition("/")[2],
    }
    return {name: f"{LIST}?q={quote(words.format(**known))}" for name, words in FILTERS.items()}


def _ask(client: httpx.Client, address: str) -> float:
    began = time.perf_counter()
    client.get(address).raise_for_status()
    return time.perf_counter() - began


def settings_of(stack: Stack) -> dict[str, str]:
    """What a process needs to read the stack's database; it decrypts nothing."""
    return {
        **os.environ,
        "STEPWELL_SECRET_KEY": "the-bench-signs-nothing-that-anybody-reads-0123456789",
        "STEPWELL_ENCRYPTION_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "STEPWELL_DATABASE_URL": stack.database_url,
        "STEPWELL_REDIS_URL": stack.redis_url,
        "STEPWELL_DATABASE_CONNECTIONS": "2",
        "BENCH_TOKEN": stack.token,
    }
