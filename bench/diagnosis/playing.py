"""Plays a case: history that is really run, then the fault, then the failure that is to be diagnosed."""

import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.diagnosis.cases import Case
from bench.diagnosis.making import Making
from bench.diagnosis.world import World
from cli.client import Client

RUN_SECONDS = 90
FLEET_HEALTHY = 3
PASSED = "passed"


class NotAsMeant(Exception):
    """A run came out otherwise than the case needs: nothing could be learnt from what follows."""


class Play:
    def __init__(self, world: World, case: Case) -> None:
        self._world, self.case, self._recipe = world, case, case.recipe()
        self._texts = {number: self._recipe.text(number) for number in range(1, 2 + case.fleet)}
        self._slugs: dict[int, str] = {}
        self._making = Making(world, case, self._edit, self._edit_flow)

    def prepare(self) -> None:
        """Everything before the fault: what the flow needs, and its healthy runs."""
        if self._recipe.database:
            name, password = self.case.id, self._world.password(self.case.id)
            self._world.in_database(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
        self._making.make(self._recipe.before)
        self._making.make(self.case.before)
        with closing(self._world.stack.client()) as client:
            self._save(client)
            for _ in range(self.case.elsewhere):
                self._pass(client, 1, f"{self.case.id}-elsewhere")
            for number in self._texts:
                for _ in range(0 if self.case.nights else self.case.healthy if number == 1 else FLEET_HEALTHY):
                    self._pass(client, number, self.case.id)

    def fail(self) -> int:
        """The number of the execution that is to be diagnosed."""
        with closing(self._world.stack.client()) as client:
            if self.case.nights:
                self._play_nights(client)
            try:
                self._making.make(self.case.inject)
                with self._making.during(self.case.inject):
                    return self._failures(client)[-1]
            finally:
                self._making.unmake()

    def _failures(self, client: Client) -> list[int]:
        if self.case.fleet:
            with ThreadPoolExecutor(self.case.fleet) as pool:
                list(pool.map(self._fail_along, range(2, 2 + self.case.fleet)))
        if self.case.beside:
            self._start_beside(client)
        found = [self._run(client, 1, self.case.id, self.case.overrides) for _ in range(self.case.fails)]
        if any(status != "failed" for _, status in found):
            raise NotAsMeant(f"{self.case.id} was to fail, and its runs ended {found}.")
        if self.case.nights:
            self._move([found[-1][0]], _night(0))
        return [number for number, _ in found]

    def _start_beside(self, client: Client) -> None:
        """A run that has reached the server, and stays there."""
        client.start({"flow": self._slugs[1], "environment": self.case.id}, idempotency_key=uuid.uuid4().hex)
        (target, *_), deadline = self._world.targets(self.case), time.monotonic() + RUN_SECONDS
        while not target.is_busy():
            if time.monotonic() > deadline:
                raise NotAsMeant(f"{self.case.id}: the run beside it never came.")
            time.sleep(0.02)

    def _fail_along(self, number: int) -> None:
        with closing(self._world.stack.client()) as client:
            self._run(client, number, self.case.id)

    def _play_nights(self, client: Client) -> None:
        """Runs of now, whose times are moved: a failure each night, four passes each day."""
        for day in range(self.case.nights, 0, -1):
            for hours in (7, 11, 15, 19):
                number = self._pass(client, 1, self.case.id)
                self._move([number], _night(day) + timedelta(hours=hours))
        self._making.make(self.case.inject)
        for day in range(self.case.nights, 0, -1):
            number, _ = self._run(client, 1, self.case.id)
            self._move([number], _night(day))

    def _move(self, executions: Sequence[int], to: datetime) -> None:
        with psycopg.connect(self._world.stack.database_url, autocommit=True) as connection:
            for statement in _MOVES:
                connection.execute(statement, {"ids": list(executions), "to": to})

    def _save(self, client: Client) -> None:
        for number, text in self._texts.items():
            saved = client.save_flow(text=text, filename=f"{self.case.id}.yaml")
            self._slugs[number] = saved["slug"]
        variables, secrets = self._settings()
        client.save_environment(self.case.id, {"variables": variables | self.case.variables, "secrets": secrets})
        there = {"variables": variables | self.case.elsewhere_variables, "secrets": secrets}
        if self.case.elsewhere:
            client.save_environment(f"{self.case.id}-elsewhere", there)

    def _settings(self) -> tuple[dict[str, Any], dict[str, str]]:
        whole = "".join(self._texts.values())
        addresses = self._world.addresses(self.case)
        used = {name: value for name, value in addresses.items() if f"${{{name}}}" in whole}
        secrets = dict(self._recipe.secrets)
        if self._recipe.database:
            secrets["DB"] = self._world.login_url(self.case.id)
        return used | self._recipe.variables, secrets

    def _edit(self, *, variables: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None) -> None:
        with closing(self._world.stack.client()) as client:
            client.save_environment(self.case.id, {"variables": variables or {}, "secrets": secrets or {}})

    def _edit_flow(self, replacements: Mapping[str, str]) -> None:
        text = self._texts[1]
        for old, new in replacements.items():
            if old not in text:
                raise NotAsMeant(f"{self.case.id}: the flow has no {old!r} to be edited.")
            text = text.replace(old, new)
        with closing(self._world.stack.client()) as client:
            client.save_flow(text=text, filename=f"{self.case.id}.yaml")

    def _pass(self, client: Client, number: int, environment: str) -> int:
        execution, status = self._run(client, number, environment)
        if status != PASSED:
            raise NotAsMeant(f"{self.case.id}: healthy run #{execution} ended {status}.")
        return execution

    def _run(
        self, client: Client, number: int, environment: str, overrides: Mapping[str, Any] | None = None
    ) -> tuple[int, str]:
        body: dict[str, Any] = {"flow": self._slugs[number], "environment": environment}
        if overrides:
            body["variables"] = dict(overrides)
        started = client.start(body, idempotency_key=uuid.uuid4().hex)
        execution, deadline = started["id"], time.monotonic() + RUN_SECONDS
        snapshot = client.snapshot(execution)
        while snapshot["execution"]["finished_at"] is None and time.monotonic() < deadline:
            snapshot = client.snapshot(execution, after=snapshot["event_number"])
        return execution, snapshot["execution"]["status"]


def _night(days_ago: int) -> datetime:
    """Half past two of a day; the last one that is over."""
    now = datetime.now(UTC)
    last = now.replace(hour=2, minute=30, second=0, microsecond=0)
    return (last if last < now - timedelta(hours=1) else last - timedelta(days=1)) - timedelta(days=days_ago)


_MOVES = (
    """UPDATE executions_attempt a SET due_at = a.due_at + d.by, started_at = a.started_at + d.by,
              finished_at = a.finished_at + d.by
         FROM executions_steprun s JOIN (SELECT id, %(to)s - queued_at AS by FROM executions_execution
                                          WHERE id = ANY(%(ids)s)) d ON d.id = s.execution_id
        WHERE a.step_run_id = s.id""",
    """UPDATE executions_steprun s SET started_at = s.started_at + d.by, finished_at = s.finished_at + d.by
         FROM (SELECT id, %(to)s - queued_at AS by FROM executions_execution WHERE id = ANY(%(ids)s)) d
        WHERE s.execution_id = d.id""",
    """UPDATE executions_execution SET started_at = started_at + (%(to)s - queued_at),
              finished_at = finished_at + (%(to)s - queued_at), queued_at = %(to)s
        WHERE id = ANY(%(ids)s)""",
)
