"""The data folder of an embedded stack (STEPWELL_HOME): what lies where, who may use it, and what is running in it."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from cli.embedded.errors import DataFolderUnusable

ENOUGH_BYTES = 200 * 1024 * 1024

Phase = Literal["starting", "ready", "stopping"]


@dataclass(frozen=True)
class Secrets:
    """Made once for a data folder. They never leave it but in the environment of our own processes."""

    secret_key: str
    encryption_key: str
    postgres_password: str

    @classmethod
    def new(cls) -> "Secrets":
        fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        return cls(secrets.token_urlsafe(48), fernet, secrets.token_urlsafe(24))


@dataclass
class ProcessState:
    pid: int
    born: float
    restarts: int = 0


@dataclass
class State:
    """What the supervisor says about itself; `born` tells a process from a later one with its number."""

    pid: int
    born: float
    phase: Phase = "starting"
    url: str = ""
    processes: dict[str, ProcessState] = field(default_factory=dict)

    @property
    def is_alive(self) -> bool:
        return is_alive(self.pid, self.born)


class Home:
    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.logs = self.path / "logs"
        self.token_file = self.path / "cli-token"
        self.shop_ready_file = self.path / "shop.json"
        self.up_log = self.logs / "up.log"
        self._state_file = self.path / "state.json"
        self._lock_file = self.path / "lock"
        self._secrets_file = self.path / "secrets.json"

    def prepare(self) -> None:
        """Make the folder and see that it can be written and has room."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            (self.path / ".writable").write_bytes(b"x")
            (self.path / ".writable").unlink()
        except OSError as exc:
            raise DataFolderUnusable(
                f"The data folder {self.path} cannot be written: {exc.strerror}.",
                "Name another with STEPWELL_HOME.",
            ) from exc
        free = shutil.disk_usage(self.path).free
        if free < ENOUGH_BYTES:
            raise DataFolderUnusable(
                f"The disk that holds {self.path} is full: {free // 1024**2} MB are free and "
                f"{ENOUGH_BYTES // 1024**2} MB are needed.",
                "Free some space, or name another data folder with STEPWELL_HOME.",
            )

    @contextlib.contextmanager
    def locked(self) -> Iterator[bool]:
        """Whether this process is the only supervisor of the folder. The system lets go of the lock when we die."""
        with self._lock_file.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def secrets(self) -> Secrets:
        """The folder's secrets, made when there are none yet."""
        try:
            return Secrets(**json.loads(self._secrets_file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError) as exc:
            raise DataFolderUnusable(
                f"{self._secrets_file} cannot be read ({type(exc).__name__}) and the data cannot be opened without it.",
                "Restore it from a backup, or move the data folder away to start afresh.",
            ) from exc
        made = Secrets.new()
        self._write(self._secrets_file, json.dumps(asdict(made), indent=1))
        return made

    def token(self) -> str:
        """The token of the command line; empty before the first start has made it."""
        try:
            return self.token_file.read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def state(self) -> State | None:
        try:
            found = json.loads(self._state_file.read_text(encoding="utf-8"))
            processes = {name: ProcessState(**one) for name, one in found.pop("processes").items()}
            return State(**found, processes=processes)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def save_state(self, state: State) -> None:
        self._write(self._state_file, json.dumps(asdict(state), indent=1))

    def forget_state(self) -> None:
        self._state_file.unlink(missing_ok=True)

    def _write(self, path: Path, text: str) -> None:
        """Whole or not at all, and for our eyes only."""
        partial = path.with_name(f"{path.name}.partial")
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as exc:
            raise DataFolderUnusable(f"{path} cannot be written: {exc.strerror}.") from exc


def is_alive(pid: int, born: float) -> bool:
    try:
        process = psutil.Process(pid)
        # Seconds of tolerance: on some systems a stepped clock moves what is read as the time of birth.
        return abs(process.create_time() - born) < 3 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def born(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0
