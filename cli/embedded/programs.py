"""Our own processes: which there are, and how each is started."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.embedded.processes import start_process, stop_process

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
THREADS = 10


@dataclass
class Program:
    """A child of the supervisor; starting it does not wait until it is ready."""

    name: str
    command: Sequence[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    output: Path | None = None
    grace_seconds: float = 10
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self.process = start_process(self.command, log=self.log, output=self.output, env=self.env, cwd=self.cwd)

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

    def web(self, host: str, port: int) -> Program:
        return self._python("web", "daphne", "-b", host, "-p", str(port), "--no-server-name", "config.asgi:application")

    def worker(self, number: int) -> Program:
        name = f"worker-{number}"
        return self._python(
            name, "celery", "-A", "config", "worker", "-P", "threads", "-c", str(THREADS), "-Q", "steps,control",
            "-n", f"{name}@%h", "-l", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat",
        )  # fmt: skip

    def beat(self) -> Program:
        schedule = str(self.cwd / "beat-schedule")
        return self._python("beat", "celery", "-A", "config", "beat", "-l", "INFO", "-s", schedule, "--pidfile", "")

    def shop(self, folder: Path, ready_file: Path) -> Program:
        return self._python("shop", "examples.shop", "--data", str(folder), "--ready-file", str(ready_file))

    def setup(self, *words: str, output: Path) -> Program:
        """The management command that makes or renews what a stack needs; it prints JSON."""
        program = self._python("setup", "django", "setup_embedded", *words)
        program.output = output
        return program

    def _python(self, name: str, module: str, *words: str) -> Program:
        return Program(name, [sys.executable, "-m", module, *words], self.logs / f"{name}.log", self.env, self.cwd)


def child_environment(settings: Mapping[str, str], home: Path) -> dict[str, str]:
    """Ours, with what the stack decides laid over it."""
    return dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",  # an arena for each of dozens of threads would keep the memory of all of them
        "STEPWELL_HOME": str(home),
        "STEPWELL_LOCAL_FILES": "1",
        **settings,
    }
