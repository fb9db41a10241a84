"""The running product as a client sees it: flows in, records out, and the lab of the demo shop that counts for us."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import psycopg

from tests.running_stack import Stack, wait_until

_numbers = count(1)
FINAL = {"passed", "failed", "cancelled", "timed_out"}


def key() -> str:
    """A name of the lab's that no other test uses."""
    return f"k{next(_numbers)}-{time.monotonic_ns()}"


class Lab:
    """What arrived at the target, by its own count."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=10)

    def count(self, key: str) -> int:
        return int(self._client.get(f"/lab/count/{key}").json()["count"])

    def held(self, key: str) -> dict[str, int]:
        """`holding` now, `arrived` in all, `gone` before they were released."""
        found: dict[str, int] = self._client.get(f"/lab/holding/{key}").json()
        return found

    def wait_for(self, key: str, *, arrived: int = 1) -> None:
        wait_until(lambda: self.held(key)["arrived"] >= arrived, 30, f"{arrived} requests at {key}", pause=0.05)

    def release(self, key: str) -> None:
        self._client.post(f"/lab/release/{key}?for_good=true")

    def close(self) -> None:
        self._client.close()


@dataclass(frozen=True)
class Record:
    """An execution and its steps as the API tells them."""

    execution: dict[str, Any]
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)  # by path

    @property
    def status(self) -> str:
        return str(self.execution["status"])

    @property
    def fates(self) -> dict[str, str]:
        return {path: step["status"] for path, step in self.steps.items()}


class Api:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client = httpx.Client(
            base_url=f"{stack.url}/api/v1", headers={"Authorization": f"Bearer {stack.token}"}, timeout=30
        )

    def call(self, method: str, path: str, **how: Any) -> httpx.Response:
        return self._client.request(method, path, **how)

    def ok(self, method: str, path: str, **how: Any) -> Any:
        response = self.call(method, path, **how)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()

    def save(self, text: str) -> str:
        """The slug of the saved flow."""
        slug: str = self.ok("POST", "/flows", json={"text": text})["slug"]
        return slug

    def start(self, text: str, *, variables: Mapping[str, Any] | None = None, **more: Any) -> int:
        body = {"flow": self.save(text), "variables": dict(variables or {}), **more}
        number: int = self.ok("POST", "/executions", json=body)["id"]
        return number

    def record(self, number: int) -> Record:
        found = self.ok("GET", f"/executions/{number}")
        return Record(found["execution"], {step["path"]: step for step in found["steps"]})

    def step(self, number: int, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ok("GET", f"/executions/{number}/steps/{path}")
        return found

    def wait(self, number: int, *, seconds: float = 60) -> Record:
        """Until it is over."""
        return self.wait_for(number, lambda record: record.status in FINAL, "it is over", seconds=seconds)

    def wait_for(self, number: int, reached: Callable[[Record], bool], what: str, *, seconds: float = 30) -> Record:
        deadline = time.monotonic() + seconds
        while True:
            record = self._try(number)
            if record is not None and reached(record):
                return record
            assert time.monotonic() < deadline, self._story(number, record, what)
            time.sleep(0.1)

    def cancel(self, number: int) -> None:
        self.ok("POST", f"/executions/{number}/cancel")

    def _try(self, number: int) -> Record | None:
        try:
            return self.record(number)
        except (httpx.TransportError, AssertionError):  # the product may be in the middle of a hardship
            return None

    def _story(self, number: int, record: Record | None, what: str) -> str:
        logs = "\n".join(f"--- {name}\n{self._stack.log(name)[-3000:]}" for name in ("worker-1", "worker-2"))
        return f"#{number}: not in time: {what}: {record}\n{logs}"

    def close(self) -> None:
        self._client.close()


def flow(name: str, *steps: str, teardown: str = "", **parts: str) -> str:
    """The text of a flow whose steps are YAML flow mappings."""
    lines = ["flow:", f"  name: {name} {key()}"]
    lines += [f"  {part}: {value}" for part, value in parts.items()]
    lines += ["  steps:", *(f"    - {step}" for step in steps)]
    if teardown:
        lines += ["  teardown:", f"    - {teardown}"]
    return "\n".join(lines) + "\n"


def http(step_id: str, method: str, url: str, *, config: str = "", more: str = "") -> str:
    return (
        f"{{id: {step_id}, action: http_request, config: {{method: {method}, url: '{url}'"
        f"{', ' if config else ''}{config}}}{', ' if more else ''}{more}}}"
    )


def worker_of(stack: Stack, number: int, path: str) -> int:
    """The pid of the worker process that makes the current attempt."""
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(
            "SELECT w.pid FROM executions_attempt a JOIN executions_steprun s ON s.id = a.step_run_id"
            " JOIN executions_workerprocess w ON w.id = a.worker_id"
            " WHERE s.execution_id = %s AND s.path = %s AND a.status = 'running'",
            [number, path],
        ).fetchone()
    assert row is not None, f"nobody makes {path} of #{number}"
    return int(row[0])
