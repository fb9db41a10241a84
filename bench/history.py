"""A long history, and how soon its pages are there: the list under every kind of filter, and the analytics."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg

from bench.rounds import Spread
from bench.stack import Stack

ROOT = Path(__file__).resolve().parent.parent
WORKSPACE = "default"  # the stack's token is for it
LIST = "/api/v1/executions"
ANALYTICS = "/api/v1/analytics"
DAYS = 90
RUNS_OF_A_FLOW = 5_000  # so that a million are of two hundred flows

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
    "by who started it": "user:anna",
    "what nothing has": "user:nobody",
}


@dataclass(frozen=True)
class Question:
    """One that the analytics answer. `target_ms` is None where none is promised."""

    address: str
    target_ms: int | None = None


# What DESIGN §10 names, over all flows and over one, and then all that the pages ask.
QUESTIONS: Mapping[str, Question] = {
    "pass rate": Question("pass-rate?days=90", 15),
    "pass rate of a flow": Question("pass-rate?days=90&flow={flow}", 15),
    "pass rate, flow by flow": Question("pass-rate/flows?days=90", 15),
    "flaky steps": Question("flaky-steps?days=90", 15),
    "flaky steps of a flow": Question("flaky-steps?days=90&flow={flow}", 15),
    "durations, flow by flow": Question("durations?days=90", 50),
    "durations of a flow and its steps": Question("durations/flow?days=90&flow={flow}", 50),
    "durations of a step": Question("durations/step?days=90&flow={flow}&key={key}", 50),
    "the tiles": Question("tiles?days=90", 50),
    "endpoint coverage": Question("coverage?days=90"),
    "recurring failures": Question("failures?days=90"),
    "incidents": Question("incidents?days=90"),
}


def seed(stack: Stack, executions: int) -> float:
    """Fill the stack's workspace with about so many executions; the seconds it took."""
    began = time.monotonic()
    words = [sys.executable, "manage.py", "seed_history", "--workspace", WORKSPACE, "--executions", str(executions)]
    size = ["--days", str(DAYS), "--flows", str(max(10, executions // RUNS_OF_A_FLOW))]
    subprocess.run([*words, *size], cwd=ROOT, check=True, capture_output=True, env=settings_of(stack))
    took = time.monotonic() - began
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as PostgreSQL would by itself before the day is over
    return took


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
    known = _known(stack)
    found = {name: f"{LIST}?q={quote(words.format(**known))}" for name, words in FILTERS.items()}
    return {**found, "the chart above the list": f"{LIST}/histogram"}


def analytics_addresses(stack: Stack) -> dict[str, str]:
    """Name of the question → address."""
    known = _known(stack)
    return {name: f"{ANALYTICS}/{one.address.format(**known)}" for name, one in QUESTIONS.items()}


def _known(stack: Stack) -> dict[str, str]:
    with closing(httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {stack.token}"})) as client:
        failed = client.get(LIST, params={"q": "status:failed", "limit": 1}).json()["items"][0]
    path = failed["failed_step"]
    return {
        "flow": failed["flow"],
        "environment": failed["environment"],
        "step": path.rpartition("/")[2],
        "key": quote(path, safe=""),
    }


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
