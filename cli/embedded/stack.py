"""The whole product on one machine: what is started in which order, and when it is ready."""

import hashlib
import importlib.metadata
import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

from cli.embedded.errors import DidNotStart, EmbeddedError, Interrupted
from cli.embedded.home import Home, State, born, is_alive
from cli.embedded.ports import HOST, listen
from cli.embedded.postgres import EmbeddedPostgres
from cli.embedded.processes import end_stray, reason_in
from cli.embedded.programs import ROOT, WORKERS, Program, Programs, child_environment, make_nursery
from cli.embedded.supervisor import Supervisor
from cli.embedded.valkey import EmbeddedValkey

READY_SECONDS = 90.0
Say = Callable[[str], None]


class Stack:
    """One run of the stack in one data folder; `up()` returns when it was stopped."""

    def __init__(self, home: Home, *, port: int | None, shop: bool, say: Say) -> None:
        self.home = home
        self.asked_port = port
        self.has_shop = shop
        self.say = say
        self.state = State(os.getpid(), born(os.getpid()))
        self.supervisor = Supervisor(say=say, on_change=self._save)
        self._held = ExitStack()  # what is let go of at the very end

    def up(self) -> None:
        """Start everything, keep it alive until a signal asks for a stop, stop it. The caller holds the lock."""
        began = time.monotonic()
        try:
            with self._held, self.supervisor.signals():
                try:
                    login_path = self._start()
                    self._announce(login_path, time.monotonic() - began)
                    self.state.phase = "ready"
                    self._save()
                    self.supervisor.watch()
                finally:
                    self.state.phase = "stopping"
                    with suppress(EmbeddedError):
                        self._save()
                    self._stop()
        finally:
            self.home.forget_state()

    def _start(self) -> str:
        self.home.prepare()
        secrets = self.home.secrets()
        end_leftovers(self.home)
        listening = self._held.enter_context(listen(self.asked_port))
        self.state.url = f"http://{HOST}:{listening.getsockname()[1]}"
        self._save()
        self.say(f"Data folder: {self.home.path}")

        postgres = EmbeddedPostgres(
            self.home.path / "postgres", password=secrets.postgres_password, log=self.home.logs / "postgres.log"
        )
        valkey = EmbeddedValkey(self.home.path / "valkey", log=self.home.logs / "valkey.log")
        environment = child_environment(
            {
                "STEPWELL_SECRET_KEY": secrets.secret_key,
                "STEPWELL_ENCRYPTION_KEYS": secrets.encryption_key,
                "STEPWELL_DATABASE_URL": postgres.url(),
                "STEPWELL_REDIS_URL": valkey.url(),
                "STEPWELL_PUBLIC_URL": self.state.url,
            },
            self.home.path,
        )
        nursery = make_nursery(environment, self.home.path, self.home.logs, keep=[listening.fileno()])
        if nursery is not None:  # it loads while the servers start
            self.supervisor.add(nursery)
            self.supervisor.listen_to = nursery.fileno
        self._start_servers(postgres, valkey)
        programs = Programs(environment, self.home.path, self.home.logs, nursery)
        ours = [programs.web(listening.fileno()), *(programs.worker(n + 1) for n in range(WORKERS)), programs.beat()]

        if self.has_shop:
            self._start_shop(programs)
        is_known = self._is_set_up()
        if is_known:  # nothing to migrate: what is slow to load may load meanwhile
            self._start_ours(ours)
        login_path = self._set_up(programs)
        if not is_known:
            self._start_ours(ours)
        with self._timed(f"Web on {self.state.url}, {WORKERS} workers, beat"):
            self._wait_for(self._is_healthy, "The product")
        return login_path

    def _start_servers(self, postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> None:
        """Both at once; whatever was started is kept, so that a failure of the other stops it again."""

        def start_postgres() -> None:
            with self._timed("PostgreSQL"):
                postgres.start()
                postgres.ensure_database()

        def start_valkey() -> None:
            with self._timed("Valkey"):
                valkey.start()

        self.supervisor.adopt(postgres, key="postgres")
        self.supervisor.adopt(valkey, key="valkey")
        with ThreadPoolExecutor(2) as pool:
            started = [pool.submit(start_postgres), pool.submit(start_valkey)]
        for one in started:
            one.result()
        self._save()

    def _start_shop(self, programs: Programs) -> None:
        self.home.shop_ready_file.unlink(missing_ok=True)
        with self._timed("Demo shop"):
            self.supervisor.add(programs.shop(self.home.path / "shop", self.home.shop_ready_file))
            self._wait_for(self.home.shop_ready_file.exists, "The demo shop")

    def _start_ours(self, ours: list[Program]) -> None:
        for program in ours:
            self.supervisor.add(program)

    def _set_up(self, programs: Programs) -> str:
        """Migrate, see to the workspace, the token and the examples; the path of a login link."""
        answer = self.home.path / "setup.json"
        words = ["--home", str(self.home.path), "--token-file", str(self.home.token_file)]
        if self.has_shop:
            words += ["--shop-ready-file", str(self.home.shop_ready_file)]
        setup = programs.setup(*words, output=answer)
        with self._timed("Database schema, workspace and example flows"):
            setup.start()
            try:
                self._wait_for(lambda: setup.process is not None and setup.process.poll() is not None, "Setting up")
                if setup.process is None or setup.process.returncode != 0:
                    raise DidNotStart(f"Setting up did not succeed. {reason_in(setup.log)}")
            finally:
                setup.stop()
        try:
            login_path = str(json.loads(answer.read_text(encoding="utf-8"))["login_path"])
        finally:
            answer.unlink()  # the link signs anybody in
        (self.home.path / "set-up").write_text(_fingerprint(), encoding="utf-8")
        return login_path

    def _is_set_up(self) -> bool:
        """Whether the last start left the schema as this code wants it."""
        try:
            return (self.home.path / "set-up").read_text(encoding="utf-8") == _fingerprint()
        except OSError:
            return False

    def _wait_for(self, ready: Callable[[], bool], name: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            if self.supervisor.is_stopping:
                raise Interrupted("Stopped before it was ready.")
            if dead := self.supervisor.dead():
                code = dead.process.returncode if dead.process else "?"
                raise DidNotStart(f"{dead.name} ended with code {code} while starting. {reason_in(dead.log)}")
            if time.monotonic() > deadline:
                raise DidNotStart(f"{name} was not ready within {READY_SECONDS:g} s. The logs are in {self.home.logs}.")
            self.supervisor.pause(0.05)

    def _is_healthy(self) -> bool:
        request = urllib.request.Request(f"{self.state.url}/api/v1/health")  # noqa: S310 - our own address
        with suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=1) as answer:  # noqa: S310
            found = json.loads(answer.read())
            return bool(found.get("status") == "ok" and found.get("workers", 0) >= WORKERS)
        return False

    def _announce(self, login_path: str, seconds: float) -> None:
        self.say(f"Ready in {seconds:.1f} s.")
        self.say("")
        self.say(f"  {self.state.url}")
        self.say(f"  Sign in once with {self.state.url}{login_path}")
        self.say("")

    def _stop(self) -> None:
        with self._timed("Stopped"):
            self.supervisor.stop()

    def _save(self) -> None:
        self.state.processes = self.supervisor.states()
        if self.home.path.is_dir():
            self.home.save_state(self.state)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.say(f"  {what} {'.' * max(2, 60 - len(what))} {time.monotonic() - began:.1f} s")


def end_leftovers(home: Home) -> list[str]:
    """End what a killed supervisor left running and give its names. The caller holds the lock."""
    state = home.state()
    if state is None:
        return []
    ended = []
    for name, process in reversed(state.processes.items()):
        if is_alive(process.pid, process.born):
            ask = signal.SIGINT if name == "postgres" else signal.SIGTERM
            end_stray(process.pid, ask=ask, seconds=8)
            ended.append(name)
    home.forget_state()
    return ended


def _fingerprint() -> str:
    """Of everything a schema depends on: every migration of ours, and Django's version."""
    digest = hashlib.sha256(importlib.metadata.version("django").encode())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
