"""Running flows inside the test's own process: the real engine and PostgreSQL, no Celery and no worker processes.

Messages go to a list instead of the broker, and whoever drives the flow takes them from there, as a worker would.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import connection

from executions import events, queue
from executions.models import Attempt, Execution, Payload, StepRun
from executions.operations.start import start_execution
from executions.status import Status, Trigger
from flows.operations.save_environment import save_environment
from flows.operations.save_flow import save_flow
from workers.clock import send_due_steps, sweep
from workers.egress import Egress
from workers.engine import Engine
from workers.watch import Watch
from workspaces.models import Workspace

PAUSE = 0.01


@dataclass(frozen=True)
class Message:
    task: str
    args: tuple[int, ...]
    queue: str


class Broker:
    """Keeps what is sent, until somebody takes it."""

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self.sent: list[Message] = []

    def send(self, task: str, *args: int, queue: str) -> None:
        message = Message(task, args, queue)
        self.sent.append(message)
        self.messages.append(message)

    def take(self) -> Message | None:
        try:
            return self.messages.popleft()
        except IndexError:
            return None


@dataclass
class Ran:
    """An execution as the record tells it."""

    execution: Execution
    told: list[events.Event] = field(default_factory=list)

    @property
    def status(self) -> str:
        return self.execution.status

    @property
    def fates(self) -> dict[str, str]:
        """Step path → status, in the order they began."""
        return {run.path: str(run.status) for run in self.execution.step_runs.order_by("id")}

    def step(self, path: str) -> StepRun:
        return self.execution.step_runs.get(path=path)

    def attempts(self, path: str) -> list[Attempt]:
        return list(self.step(path).attempt_rows.order_by("number"))

    def attempt(self, path: str) -> Attempt:
        """The only one, or the last."""
        return self.attempts(path)[-1]

    def payload(self, path: str) -> Payload:
        return Payload.objects.get(attempt_id=self.attempt(path).pk)

    def captured(self, path: str) -> dict[str, Any]:
        return {entry["name"]: entry["value"] for entry in self.attempt(path).captured or ()}

    def result(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.payload(path).response
        return found


class Machine:
    """One worker's worth of engine, driven by the test."""

    def __init__(self, workspace: Workspace, watch: Watch) -> None:
        self.workspace = workspace
        self.broker = Broker()
        self.told: list[events.Event] = []
        self.watch = watch
        self.engine = Engine(watch, Egress())
        self.nobody_dies = True  # else events are lost with whoever should have told them

    def start(
        self,
        text: str,
        *,
        environment: str | None = None,
        variables: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str | None] | None = None,
        overrides: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Execution:
        """Save the flow and start it; with `variables` or `secrets`, against an environment that has them."""
        version = save_flow(workspace=self.workspace, text=text, by=None).version
        found = None
        if environment or variables or secrets:
            found = save_environment(
                workspace=self.workspace, name=environment or "test", variables=variables, secrets=secrets, by=None
            )
        return start_execution(
            flow_version=version,
            environment=found,
            variables=overrides or {},
            trigger=Trigger.API,
            actor="alice",
            **more,
        )

    def deliver(self) -> bool:
        """Work on the next message, if there is one."""
        message = self.broker.take()
        if message is None:
            return False
        if message.task == queue.RUN_STEP:
            self.engine.run_step(*message.args)
        else:
            self.engine.interrupt(*message.args)
        return True

    def delivering(self) -> threading.Thread:
        """Work on the next message in a thread of its own, as another thread of a worker would."""

        def work() -> None:
            try:
                self.deliver()
            finally:
                connection.close()

        thread = threading.Thread(target=work, name="worker")
        thread.start()
        return thread

    def tick(self) -> None:
        """What the clock does."""
        send_due_steps()
        sweep(self.engine)

    def drive(
        self, execution: Execution, *, until: Callable[[Execution], bool] | None = None, seconds: float = 90
    ) -> Ran:
        """Work until the execution is over, or `until` says so."""
        deadline = monotonic() + seconds
        reached = until or (lambda found: Status(found.status).is_final)
        while True:
            while self.deliver():
                pass
            execution.refresh_from_db()
            if reached(execution):
                return self._ran(execution)
            assert monotonic() < deadline, f"#{execution.pk} is still {execution.status}: {_fates(execution)}"
            self.tick()
            if not self.broker.messages:
                threading.Event().wait(PAUSE)

    def run(self, text: str, **how: Any) -> Ran:
        return self.drive(self.start(text, **how))

    @contextmanager
    def driving(self, execution: Execution, *, seconds: float = 90) -> Iterator[list[Ran]]:
        """Drive it from another thread meanwhile; what it came to is in the list when the block is over."""
        found: list[Ran] = []
        copy = Execution.objects.get(pk=execution.pk)

        def work() -> None:
            try:
                found.append(self.drive(copy, seconds=seconds))
            finally:
                connection.close()

        thread = threading.Thread(target=work, name="driver")
        thread.start()
        try:
            yield found
        finally:
            thread.join(seconds + 5)

    def _ran(self, execution: Execution) -> Ran:
        """Whatever happened on the way: no event's number is used twice, and unless somebody died none is missing."""
        told = sorted((event for event in self.told if event.execution == execution.pk), key=lambda event: event.seq)
        numbers = [event.seq for event in told]
        assert len(numbers) == len(set(numbers))
        if self.nobody_dies and Status(execution.status).is_final:
            assert numbers == list(range(1, execution.event_number + 1))
        return Ran(execution, told)


def _fates(execution: Execution) -> dict[str, str]:
    return Ran(execution).fates


@contextmanager
def machine(workspace: Workspace, monkeypatch: Any, *, lease_seconds: float | None = None) -> Iterator[Machine]:
    watch = Watch(lease_seconds=lease_seconds)
    made = Machine(workspace, watch)
    monkeypatch.setattr(queue, "_send", made.broker.send)
    monkeypatch.setattr(events, "publish", lambda *told: made.told.extend(told))
    watch.start()
    try:
        yield made
    finally:
        watch.stop()


def flow(*steps: str, setup: str = "", teardown: str = "", name: str = "A flow", **parts: str) -> str:
    """The text of a flow. Steps are given as YAML flow mappings, one a line; `parts` are further keys."""
    lines = ["flow:", f"  name: {name}"]
    lines += [f"  {key}: {value}" for key, value in parts.items()]
    for section, written in (("setup", setup), ("steps", "\n".join(steps)), ("teardown", teardown)):
        if written.strip():
            lines.append(f"  {section}:")
            lines += [f"    - {line.strip()}" for line in written.strip().splitlines()]
    return "\n".join(lines) + "\n"
