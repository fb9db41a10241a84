"""Start runs, up to a few at once, follow each to its end, and cancel them when told to."""

import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from cli.client import Client
from cli.errors import CliError, Exit, NotNow, worst
from cli.progress import Progress
from cli.records import Execution, Snapshot
from cli.screen import Screen
from cli.watch import PATIENCE_SECONDS, Left, watch

EXIT_OF_STATUS = {
    "passed": Exit.PASSED,
    "failed": Exit.FAILED,
    "timed_out": Exit.TIMED_OUT,
    "cancelled": Exit.CANCELLED,
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One run to make. `start` asks the server for it; `file` is where its lines are counted."""

    name: str
    start: Callable[[Client], Execution]
    file: str = ""


@dataclass(kw_only=True)
class Outcome:
    """How one run ended, as far as we know: `error` says why we do not know more."""

    order: Order
    execution: Execution | None = None
    last: Snapshot | None = None
    error: CliError | None = None
    was_left: bool = False
    bug: Exception | None = None

    @property
    def exit_code(self) -> Exit:
        if self.error is not None:
            return self.error.exit_code
        status = self.last["execution"]["status"] if self.last else ""
        if self.last and self.last["execution"].get("quarantined"):
            return Exit.PASSED  # it failed, and where it did failures stop nobody for now
        return EXIT_OF_STATUS.get(status, Exit.CANCELLED)


@dataclass(kw_only=True)
class Runs:
    """Call `finish` once."""

    client: Client
    screen: Screen
    orders: Sequence[Order]
    parallel: int = 4
    patience_seconds: float = PATIENCE_SECONDS
    _interrupted: threading.Event = field(default_factory=threading.Event, init=False)
    _active: dict[int, Execution] = field(default_factory=dict, init=False)
    _leave: threading.Event = field(default_factory=threading.Event, init=False)

    def finish(self) -> list[Outcome]:
        """The outcomes in the order of `orders`. Ctrl-C (or SIGTERM) cancels what runs; a second one stops waiting."""
        outcomes = [Outcome(order=order) for order in self.orders]
        waiting: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        for outcome in outcomes:
            waiting.put(outcome)
        # Daemons: a second Ctrl-C must not wait for an answer of the server.
        threads = [
            threading.Thread(target=self._work, args=(waiting, ended), name=f"run-{number}", daemon=True)
            for number in range(min(self.parallel, len(outcomes)))
        ]
        with _terminated_like_interrupted():
            self._await(threads, ended, len(outcomes))
        for outcome in outcomes:
            if outcome.bug is not None:
                raise outcome.bug
        return outcomes

    @property
    def is_interrupted(self) -> bool:
        return self._interrupted.is_set()

    @property
    def was_left(self) -> bool:
        """Whoever waited pressed Ctrl-C twice: nothing more may be asked of the server."""
        return self._leave.is_set()

    @property
    def unfinished(self) -> list[Execution]:
        """What still runs on the server, as far as we know."""
        return list(self._active.values())

    def exit_code(self, outcomes: Sequence[Outcome]) -> Exit:
        return Exit.CANCELLED if self.is_interrupted else worst([outcome.exit_code for outcome in outcomes])

    def _await(self, threads: list[threading.Thread], ended: "queue.SimpleQueue[Outcome]", count: int) -> None:
        # A queue, not join(): an interrupted join() of Python 3.11 takes a running thread for a stopped one.
        done = 0
        while done < count:
            try:
                while threads:
                    threads.pop().start()
                ended.get()
                done += 1
            except KeyboardInterrupt:
                if self._interrupted.is_set():
                    self._leave.set()
                    return
                self._interrupted.set()
                try:
                    self._cancel_all()
                except KeyboardInterrupt:
                    self._leave.set()
                    return

    def _cancel_all(self) -> None:
        self.screen.show([[("Cancelling. Press Ctrl-C again to leave without waiting.", "magenta")]])
        client = self.client.again()
        for execution in self.unfinished:
            self._cancel(client, execution)
        client.close()

    def _cancel(self, client: Client, execution: Execution) -> None:
        try:
            client.cancel(execution["id"])
        except NotNow:
            pass  # it ended before we could stop it
        except CliError as exc:
            self.screen.show([[(f"#{execution['id']} could not be cancelled. {exc}", "bold red")]])

    def _work(self, waiting: "queue.SimpleQueue[Outcome]", ended: "queue.SimpleQueue[Outcome]") -> None:
        client = self.client.again()
        while True:
            try:
                outcome = waiting.get_nowait()
            except queue.Empty:
                client.close()
                return
            try:
                self._run(client, outcome)
            except Left:
                outcome.was_left = True
            except CliError as exc:
                outcome.error = exc
            except Exception as exc:  # noqa: BLE001  ours; raised again in the main thread
                outcome.bug = exc
            finally:
                ended.put(outcome)

    def _run(self, client: Client, outcome: Outcome) -> None:
        if self._interrupted.is_set():
            raise Left
        progress = Progress(
            self.screen,
            lambda path: client.step(execution["id"], path),
            client.diagnosis,
            file=outcome.order.file,
            is_whole=len(self.orders) > 1,
        )
        try:
            execution = outcome.execution = outcome.order.start(client)
            self._active[execution["id"]] = execution
            progress.begin(execution, client.page_of(execution))
            if self._interrupted.is_set():  # Ctrl-C came between the request and its answer
                self._cancel(client, execution)
            outcome.last = self._follow(client, execution, progress, outcome)
            self._active.pop(execution["id"], None)
            progress.end(outcome.last["execution"])
        except CliError as exc:
            progress.fail(exc if outcome.execution is None else _goes_on(exc, client, outcome.execution))
            raise
        finally:
            progress.close()

    def _follow(self, client: Client, execution: Execution, progress: Progress, outcome: Outcome) -> Snapshot:
        def see(snapshot: Snapshot) -> None:
            outcome.last = snapshot
            progress.see(snapshot)

        return watch(
            client, execution, see, lost=progress.lost, leave=self._leave, patience_seconds=self.patience_seconds
        )


def _goes_on(problem: CliError, client: Client, execution: Execution) -> CliError:
    number = execution["id"]
    problem.hint = f"Execution {number} goes on there: stepwell executions show {number}, {client.page_of(execution)}"
    return problem


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """A CI system that gives up sends SIGTERM: it means the same as Ctrl-C."""

    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)
