"""Our own processes: which there are, and how each is started."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.embedded.nursery import Nursery
from cli.embedded.processes import Process, start_process, stop_process

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
THREADS = 10


@dataclass
class Program:
    """A child of the supervisor; starting it does not wait until it is ready."""

    name: str
    module: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    nursery: Nursery | None = None  # who forks it; without one it is a Python of its own
    output: Path | None = None
    keep: Sequence[int] = ()  # descriptors it inherits
    grace_seconds: float = 10
    process: Process | None = field(default=None, init=False)

    def start(self) -> None:
        if self.nursery is not None:
            self.process = self.nursery.fork(
                self.name, self.module, self.argv, log=self.log, output=self.output, keep=self.keep
            )
        else:
            command = [sys.executable, "-m", self.module, *self.argv]
            self.process = start_process(
                command, log=self.log, output=self.output, env=self.env, cwd=self.cwd, keep=self.keep
            )

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        if self.process is not None:
            stop_process(self.process, ask=signal.SIGTERM, seconds=self.grace_seconds)
            self.process = None


@dataclass(frozen=True)
class Programs:
    """Makes the programs of one data folder."""

    env: Mapping[str, str]
    cwd: Path
    logs: Path
    nursery: Nursery | None = None

    def web(self, listening: int) -> Program:
        """Serves on a socket that is listening already."""
        # No log of addresses: those of hooks and of login links are secrets.
        words = ("--fd", str(listening), "--no-server-name", "--access-log", os.devnull)
        program = self._python("web", "daphne", *words, "config.asgi:application")
        program.keep = (listening,)
        return program

    def worker(self, number: int) -> Program:
        name = f"worker-{number}"
        return self._python(
            name, "celery", "-A", "config", "worker", "-P", "threads", "-c", str(THREADS),
            "-Q", "steps,control,analysis",
            "-n", f"{name}@%h", "-l", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
        )  # fmt: skip

    def beat(self) -> Program:
        schedule = str(self.cwd / "beat-schedule")
        return self._python("beat", "celery", "-A", "config", "beat", "-l", "INFO", "-s", schedule, "--pidfile", "")

    def shop(self, folder: Path, ready_file: Path) -> Program:
        program = self._python("shop", "examples.shop", "--data", str(folder), "--ready-file", str(ready_file))
        program.nursery = None  # it needs nothing of what the nursery has loaded
        return program

    def setup(self, *words: str, output: Path) -> Program:
        """The management command that makes or renews what a stack needs; it prints JSON."""
        program = self._python("setup", "django", "setup_embedded", *words)
        program.output = output
        return program

    def _python(self, name: str, module: str, *words: str) -> Program:
        return Program(name, module, words, self.logs / f"{name}.log", self.env, self.cwd, self.nursery)


def make_nursery(env: Mapping[str, str], cwd: Path, logs: Path, *, keep: Sequence[int]) -> Nursery | None:
    """On Linux. Elsewhere system libraries do not survive a fork, and each process loads the product itself."""
    if sys.platform != "linux":
        return None
    command = [sys.executable, "-m", "config.nursery", *map(str, keep)]
    return Nursery(command, log=logs / "nursery.log", env=env, cwd=cwd, keep=keep)


def child_environment(settings: Mapping[str, str], home: Path) -> dict[str, str]:
    """Ours, with what the stack decides laid over it."""
    return dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "PYTHONUNBUFFERED": "1",
        "CELERY_SKIP_CHECKS": "1",  # they load every page into every worker; setting up and the tests run them
        "MALLOC_ARENA_MAX": "2",  # an arena for each of dozens of threads would keep the memory of all of them
        "STEPWELL_HOME": str(home),
        "STEPWELL_LOCAL_FILES": "1",
        **settings,
    }
