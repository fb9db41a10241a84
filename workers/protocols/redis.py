"""Redis and Valkey: redis-py speaks, a Wire carries it. One socket per attempt, and no retries of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from redis import exceptions
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from flows.language.actions.redis_connection import RedisConfig, RedisTls
from workers.actions.base import Endpoint, StepContext
from workers.errors import Aborted, StepError, StepMisconfigured, TargetRefused, TargetUnreachable
from workers.protocols.routes import with_holes
from workers.protocols.tls import TlsSettings, tls_context
from workers.protocols.wire import Wire

_NO_RETRIES = Retry(NoBackoff(), 0)
_NO_NOTIFICATIONS = MaintNotificationsConfig(enabled=False)


@dataclass(frozen=True)
class RedisTarget:
    """A server and a database in it."""

    host: str
    port: int
    db: int
    username: str | None
    password: str | None = field(repr=False)
    tls: TlsSettings | None
    socket: str = ""

    @property
    def service(self) -> str:
        return self.socket or f"{self.host}:{self.port}"

    def describe(self) -> dict[str, Any]:
        """The connection as the record shows it."""
        shown = {"server": self.service, "db": self.db, "username": self.username, "tls": self.tls is not None or None}
        return {name: value for name, value in shown.items() if value is not None}


class RedisClient:
    """An open connection. Every call raises StepError or Aborted, never redis-py's own."""

    def __init__(self, connection: "_WireConnection", target: RedisTarget, wire: Wire) -> None:
        self._connection, self._target, self._wire = connection, target, wire

    def call(self, *command: Any) -> Any:
        return self.call_all([command])[0]

    def call_all(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """Send all, then read all: one round trip."""
        with _failures(self._target, self._wire):
            connection: Any = self._connection  # redis-py leaves these methods untyped
            connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            return [self._connection.read_response() for _ in commands]


@contextmanager
def open_redis(config: RedisConfig, context: StepContext, **request: Any) -> Iterator[RedisClient]:
    """Connect, log in, choose the database; `request` is what the record shows besides the connection."""
    target = target_of(config)
    context.record_request(connection=target.describe(), **request)
    with Wire(abort=context.abort, deadline=context.deadline, egress=context.egress) as wire:
        connection: Any = _WireConnection(target, wire, local_files=context.local_files)
        try:
            with _failures(target, wire):
                connection.connect()
            yield RedisClient(connection, target, wire)
        finally:
            connection.disconnect()


def target_of(config: RedisConfig) -> RedisTarget:
    """Raises StepMisconfigured for a URL that cannot be read."""
    tls = _tls(config)
    if config.url is None:
        return RedisTarget(
            config.host or "localhost", config.port or 6379, config.db or 0, config.username, config.password, tls
        )
    try:
        return _from_url(config, tls)
    except ValueError as exc:
        message = "url cannot be read; it must look like redis://user:password@host:6379/0"
        raise StepMisconfigured(message, code="connection") from exc


def redis_endpoint(config: RedisConfig, operation: str, written_key: Any, key: str) -> Endpoint:
    return Endpoint("redis", target_of(config).service, operation, with_holes(written_key, key))


class Stopwatch:
    def __init__(self) -> None:
        self._started = monotonic()

    @property
    def milliseconds(self) -> float:
        return round((monotonic() - self._started) * 1000, 3)


class _WireConnection(AbstractConnection):
    def __init__(self, target: RedisTarget, wire: Wire, *, local_files: bool) -> None:
        self._target, self._wire, self._local_files = target, wire, local_files
        super().__init__(
            db=target.db,
            username=target.username,
            password=target.password,
            socket_timeout=None,  # the Wire's sockets keep the time
            socket_connect_timeout=None,
            retry=_NO_RETRIES,
            protocol=2,
            driver_info=None,
            maint_notifications_config=_NO_NOTIFICATIONS,
        )

    @property  # type: ignore[misc]  # redis-py wants to be able to change it; nobody does here
    def host(self) -> str:
        return self._target.host

    def repr_pieces(self) -> list[tuple[str, Any]]:
        return [("service", self._target.service)]

    def _host_error(self) -> str:
        return self._target.service

    def _connect(self) -> Any:
        if self._target.socket:
            self._wire.egress.check_socket(self._target.socket)
            return self._wire.connect_unix(self._target.socket)
        plain = self._wire.connect(self._target.host, self._target.port)
        if self._target.tls is None:
            return plain
        context = tls_context(self._target.tls, local_files=self._local_files)
        return self._wire.secure(plain, context, self._target.host)


@contextmanager
def _failures(target: RedisTarget, wire: Wire) -> Iterator[None]:
    try:
        yield
    except (StepError, Aborted):
        raise
    except (exceptions.RedisError, OSError) as exc:
        wire.abort.check()
        raise _failure(exc, f"Redis at {target.service}") from exc


def _failure(exc: Exception, where: str) -> StepError:
    said = str(exc)
    if isinstance(exc, exceptions.AuthenticationError):
        missing = "required" in said.lower()
        what = "wants a password" if missing else "refused the username or password"
        return TargetRefused(f"{where} {what}", code="noauth" if missing else "wrongpass")
    if isinstance(exc, exceptions.BusyLoadingError):
        return TargetUnreachable(f"{where} is still loading its data", code="loading")
    if isinstance(exc, exceptions.ResponseError):
        word = said.partition(" ")[0]
        code = next((code for kind, code in _CODES if isinstance(exc, kind)), "")
        code = code or (word.lower() if word.isupper() and word.isalpha() else "redis_error")
        return TargetRefused(f"{where} refused the command: {said}", code=code)
    if isinstance(exc, exceptions.ConnectionError | OSError):
        return TargetUnreachable(f"{where} broke the connection: {said}", code="reset")
    return TargetUnreachable(f"{where} did not answer as Redis does: {said[:200]}", code="bad_response")


_CODES: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NoPermissionError, "noperm"),
    (exceptions.ReadOnlyError, "readonly"),
    (exceptions.OutOfMemoryError, "oom"),
    (exceptions.MovedError, "moved"),
    (exceptions.AskError, "ask"),
)


def _tls(config: RedisConfig) -> TlsSettings | None:
    if isinstance(config.tls, RedisTls):
        tls = config.tls
        return TlsSettings(verify=tls.verify, ca=tls.ca, client_cert=tls.client_cert, client_key=tls.client_key)
    return TlsSettings() if config.tls else None


def _from_url(config: RedisConfig, tls: TlsSettings | None) -> RedisTarget:
    parts = urlsplit((config.url or "").strip())
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    username = config.username or (unquote(parts.username) if parts.username else None)
    password = config.password or (unquote(parts.password) if parts.password else None)
    if parts.scheme == "unix":
        db = config.db if config.db is not None else int(options.get("db", 0))
        return RedisTarget("", 0, db, username, password, None, socket=unquote(parts.path))
    in_path = parts.path.strip("/") or options.get("db", "0")
    db = config.db if config.db is not None else int(in_path)
    if parts.scheme == "rediss":
        tls = tls or TlsSettings()
    return RedisTarget(parts.hostname or "localhost", parts.port or 6379, db, username, password, tls)
