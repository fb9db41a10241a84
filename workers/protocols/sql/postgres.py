"""PostgreSQL, by psycopg's generators: every wait is ours, so that a deadline or an abort ends any of them."""

import contextlib
import select
from collections.abc import Generator, Iterator
from time import monotonic
from typing import Any

import psycopg
from psycopg import generators, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.conninfo import make_conninfo
from psycopg.errors import error_from_result

from workers.errors import StepError, StepMisconfigured, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.sql.binding import Bound
from workers.protocols.sql.certificate import why_not_trusted
from workers.protocols.sql.mode import Mode
from workers.protocols.sql.postgres_errors import connect_failure, query_failure
from workers.protocols.sql.postgres_types import ADAPTERS, adapted
from workers.protocols.sql.results import Answer
from workers.protocols.sql.target import Target
from workers.protocols.sql.watch import Watch
from workers.protocols.tls import require_local_file
from workers.protocols.wire import Wire

_SLICE = 0.1  # seconds between two looks at the abort while waiting
_CANCEL_SECONDS = 0.5  # for telling the server to stop; closing the connection comes next anyway
_CHUNK = 500  # rows per libpq result: a large table must not be in memory at once
_OPTION_NAMES = """
    sslmode application_name options client_encoding target_session_attrs channel_binding sslnegotiation sslsni
    gssencmode keepalives keepalives_idle keepalives_interval keepalives_count require_auth
"""
_OPTIONS = frozenset(_OPTION_NAMES.split())
_FILE_OPTIONS = frozenset({"sslrootcert", "sslcert", "sslkey", "sslcrl"})
_IGNORED_OPTIONS = frozenset({"connect_timeout", "hostaddr"})  # the step's deadline and the egress rules decide


def run_query(target: Target, query: Bound, mode: Mode, max_rows: int, watch: Watch) -> Answer:
    """Raises StepError or Aborted. After an abort the server has been told to cancel, and the connection is closed."""
    connection = connect(target, watch)
    try:
        return _Run(connection, query, mode, max_rows, watch).answer()
    except psycopg.Error as exc:
        watch.abort.check()
        raise query_failure(exc) from exc
    finally:
        connection.close()


class WatchedConnection(psycopg.Connection[Any]):
    """A connection whose waits end with its attempt."""

    watch: Watch

    def __init__(self, pgconn: Any) -> None:
        super().__init__(pgconn)
        self._adapters = ADAPTERS

    def wait(self, gen: Any, interval: float = _SLICE, timeout: float | None = None) -> Any:
        return _drive(gen, self.pgconn.socket, self.watch, "waiting for the database", self.watch.deadline)


def connect(target: Target, watch: Watch) -> WatchedConnection:
    """Tries each address of the host, after the egress rules have seen it."""
    options = _options(target, watch)
    if target.host.startswith("/"):
        watch.egress.check_socket(f"{target.host.rstrip('/')}/.s.PGSQL.{target.port}", database=_database(target))
        return _connect_to(target, {**options, "host": target.host}, watch, watch.deadline)
    watch.egress.check_host(target.host, target.port, database=_database(target))
    wire = Wire(abort=watch.abort, deadline=watch.deadline, egress=watch.egress)
    addresses = wire.resolve(target.host, target.port)
    failure: StepError | None = None
    for position, (_family, address) in enumerate(addresses):
        ip = str(address[0])
        watch.egress.check_address(ip, target.port, host=target.host, database=_database(target))
        left = watch.time_left(f"connecting to {target.service}", "connect_timeout")
        until = monotonic() + left / (len(addresses) - position)
        try:
            return _connect_to(target, {**options, "host": target.host, "hostaddr": ip}, watch, until)
        except (TargetUnreachable, StepTimedOut) as exc:
            failure = exc
    assert failure is not None  # getaddrinfo gives at least one address
    if failure.code == "tls_untrusted":
        raise why_not_trusted(target, options, watch, failure) from failure
    raise failure


def _connect_to(target: Target, options: dict[str, Any], watch: Watch, until: float) -> WatchedConnection:
    conninfo = make_conninfo("", **options)
    doing = f"connecting to PostgreSQL at {target.service}"
    try:
        pgconn = _drive(generators.connect(conninfo), None, watch, doing, until, code="connect_timeout")
    except psycopg.Error as exc:
        watch.abort.check()
        raise connect_failure(exc, target) from exc
    connection = WatchedConnection(pgconn)
    connection.watch = watch
    return connection


def _options(target: Target, watch: Watch) -> dict[str, Any]:
    """Everything libpq would else take from the worker's own environment (PGPASSWORD, ~/.pgpass) is set."""
    options: dict[str, Any] = {
        "sslmode": "prefer",
        "gssencmode": "disable",
        "application_name": "stepwell",
        "options": "",
        "passfile": "",
        "port": target.port,
        "dbname": target.database or target.username or "postgres",
        "user": target.username or "postgres",
        "password": target.password or "",
    }
    for name, value in target.options.items():
        if name in _FILE_OPTIONS and value != "system":
            require_local_file(value, local_files=watch.local_files)
        elif name not in _OPTIONS | _FILE_OPTIONS | _IGNORED_OPTIONS:
            raise StepMisconfigured(f"The connection has an option {name}, which is not supported", code="connection")
        if name not in _IGNORED_OPTIONS:
            options[name] = value
    return options | {"client_encoding": "UTF8"}


def _database(target: Target) -> str:
    return target.database or target.username or "postgres"


class _Run:
    """One query on a fresh connection."""

    def __init__(self, connection: WatchedConnection, query: Bound, mode: Mode, max_rows: int, watch: Watch) -> None:
        self._connection, self._query, self._mode, self._watch = connection, query, mode, watch
        self._answer = Answer(max_rows)

    def answer(self) -> Answer:
        try:
            self._begin()
            self._collect()
            if self._mode is not Mode.AUTOCOMMIT:
                self._command("commit")
        except BaseException:
            self._stop_the_server()
            raise
        return self._answer

    def _begin(self) -> None:
        if self._mode is Mode.AUTOCOMMIT:
            return
        # Should this worker die, the server still gives up in time.
        milliseconds = int(self._watch.time_left("starting the transaction") * 1000) + 1000
        self._command(f"{self._mode.value}; set local statement_timeout = {milliseconds}")

    def _command(self, sql: str) -> None:
        for _ in self._results(sql, ()):
            pass

    def _collect(self) -> None:
        transformer, fresh = Transformer(self._connection), True
        single = self._mode is Mode.READ_ONLY  # or a second statement could end the transaction, and write
        for result in self._results(self._query.sql, self._query.values, single=single):
            if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.TUPLES_CHUNK, pq.ExecStatus.SINGLE_TUPLE):
                transformer.set_pgresult(result)
                if fresh:
                    self._answer.begin_rows([(result.fname(i) or b"?").decode() for i in range(result.nfields)])
                self._answer.add_rows(transformer.load_rows(0, result.ntuples, tuple))
                fresh = result.status == pq.ExecStatus.TUPLES_OK
            if (result.command_status or b"").split(b" ")[0] in _CHANGES:
                self._answer.rows_affected += result.command_tuples or 0

    def _results(self, sql: str, values: Any, *, single: bool = False) -> Iterator[Any]:
        """With values, or `single`, the server takes one statement and no more."""
        pgconn = self._connection.pgconn
        try:
            text = sql.encode("utf-8")
            if values or single:
                transformer = Transformer(self._connection)
                dumped = transformer.dump_sequence([adapted(value) for value in values], [PyFormat.TEXT] * len(values))
                pgconn.send_query_params(text, dumped, param_types=transformer.types)
            else:
                pgconn.send_query(text)
        except (psycopg.DataError, psycopg.ProgrammingError, UnicodeEncodeError) as exc:
            raise StepMisconfigured(f"The query cannot be sent: {exc}", code="params") from exc
        pgconn.set_chunked_rows_mode(_CHUNK)
        self._connection.wait(generators.send(pgconn))
        while (result := self._connection.wait(generators.fetch(pgconn))) is not None:
            if result.status in (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH):
                raise TargetRefused("COPY from or to the client is not supported", code="copy")
            if result.status in (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE):
                raise error_from_result(result, encoding="utf-8")
            yield result

    def _stop_the_server(self) -> None:
        """A query whose client has gone would run on."""
        pgconn = self._connection.pgconn
        if pgconn.status != pq.ConnStatus.OK or pgconn.transaction_status != pq.TransactionStatus.ACTIVE:
            return
        with contextlib.suppress(psycopg.Error, OSError):
            self._connection.cancel_safe(timeout=_CANCEL_SECONDS)


_CHANGES = frozenset({b"INSERT", b"UPDATE", b"DELETE", b"MERGE", b"COPY"})


def _drive(
    gen: Generator[Any, int, Any], fd: int | None, watch: Watch, doing: str, until: float, code: str = "timeout"
) -> Any:
    """Run one of psycopg's generators to its end. With `fd` None it says itself which descriptor it waits for."""
    try:
        request = next(gen)
        while True:
            descriptor, wanted = (fd, request) if fd is not None else request
            left = min(until - monotonic(), watch.time_left(doing, code))
            if left <= 0:
                raise StepTimedOut(f"The time was up while {doing}", code=code)
            ready = _poll(descriptor, wanted, min(left, _SLICE))
            if ready:
                request = gen.send(ready)
    except StopIteration as done:
        return done.value
    finally:
        gen.close()


def _poll(descriptor: int, wanted: int, seconds: float) -> int:
    mask = (select.POLLIN if wanted & 1 else 0) | (select.POLLOUT if wanted & 2 else 0)
    poll = select.poll()
    poll.register(descriptor, mask)
    ready = 0
    for _descriptor, event in poll.poll(seconds * 1000):
        ready |= 1 if event & (select.POLLIN | select.POLLHUP | select.POLLERR) and wanted & 1 else 0
        ready |= 2 if event & (select.POLLOUT | select.POLLHUP | select.POLLERR) and wanted & 2 else 0
    return ready
