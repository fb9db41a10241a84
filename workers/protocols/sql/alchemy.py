"""Other databases, through SQLAlchemy and whatever driver is installed."""

import contextlib
import importlib
import socket
import threading
from typing import Any

import sqlalchemy
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from flows.language import jsontext
from workers.errors import StepError, StepMisconfigured, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.sql.binding import Bound
from workers.protocols.sql.mode import Mode
from workers.protocols.sql.reading import certainly_reads
from workers.protocols.sql.results import Answer
from workers.protocols.sql.target import Target
from workers.protocols.sql.watch import Watch
from workers.protocols.wire import Wire

# type -> dialect with driver, the module that must be there, the package that brings it
_DRIVERS = {
    "mysql": ("mysql+pymysql", "pymysql", "PyMySQL"),
    "mariadb": ("mariadb+pymysql", "pymysql", "PyMySQL"),
    "mssql": ("mssql+pymssql", "pymssql", "pymssql"),
    "oracle": ("oracle+oracledb", "oracledb", "oracledb"),
}
_FETCH = 500


def run_query(target: Target, query: Bound, mode: Mode, max_rows: int, watch: Watch) -> Answer:
    """These drivers have no common way to be told to stop: the work has a thread of its own, left behind by a deadline.

    Where the driver shows its socket, that is shut down and the thread ends as well. Raises StepError or Aborted.
    """
    dialect, module, package = _DRIVERS[target.type]
    try:
        importlib.import_module(module)
    except ImportError as exc:
        message = f"Connecting to {target.type} needs the package {package}, which is not installed on the worker"
        raise StepMisconfigured(message, code="no_driver") from exc
    if mode is Mode.READ_ONLY and not certainly_reads(query.sql):
        raise StepMisconfigured(f"transaction: read_only is not supported for {target.type}", code="transaction")
    _check_egress(target, watch)
    url = sqlalchemy.URL.create(
        dialect, target.username, target.password, target.host, target.port, target.database or None, target.options
    )
    return run_on_engine(sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool), query, mode, max_rows, watch)


def run_on_engine(engine: sqlalchemy.Engine, query: Bound, mode: Mode, max_rows: int, watch: Watch) -> Answer:
    left = watch.time_left("connecting to the database", "connect_timeout")
    work = _Work(engine, query, mode, max_rows)
    thread = threading.Thread(target=work.run, name="sqlalchemy", daemon=True)
    thread.start()
    with watch.abort.calls(work.done.set):
        work.done.wait(left)
    if watch.abort.is_set or not work.finished:
        work.cut()
        watch.abort.check()
        raise StepTimedOut("The time was up while waiting for the database")
    if work.failure is not None:
        raise _failure(work.failure) from work.failure
    return work.answer


class _Work:
    def __init__(self, engine: sqlalchemy.Engine, query: Bound, mode: Mode, max_rows: int) -> None:
        self.done = threading.Event()
        self.finished = False
        self.failure: Exception | None = None
        self.answer = Answer(max_rows)
        self._engine, self._query, self._mode = engine, query, mode
        self._raw: Any = None

    def run(self) -> None:
        try:
            with self._engine.connect() as connection:
                self._raw = connection.connection.dbapi_connection
                self._execute(connection)
                if self._mode is Mode.READ_ONLY:
                    connection.rollback()
                else:
                    connection.commit()
        except Exception as exc:  # noqa: BLE001 - handed to the step's own thread
            self.failure = exc
        finally:
            self.finished = True
            self.done.set()

    def cut(self) -> None:
        """From the step's thread. Only a socket can be shut safely under a driver: closing a C driver's connection in
        the middle of a query crashes the process."""
        sock = getattr(self._raw, "_sock", None)  # PyMySQL's
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _execute(self, connection: sqlalchemy.Connection) -> None:
        values = {f"p{place}": _adapted(value) for place, value in enumerate(self._query.values, start=1)}
        result = connection.execute(sqlalchemy.text(self._query.sql), values)
        if result.returns_rows:
            self.answer.begin_rows(list(result.keys()))
            while rows := result.fetchmany(_FETCH):
                self.answer.add_rows(rows)
        else:
            self.answer.rows_affected = max(0, result.rowcount)


def _check_egress(target: Target, watch: Watch) -> None:
    watch.egress.check_host(target.host, target.port, database=target.database)
    wire = Wire(abort=watch.abort, deadline=watch.deadline, egress=watch.egress)
    for _family, address in wire.resolve(target.host, target.port):
        watch.egress.check_address(str(address[0]), target.port, host=target.host, database=target.database)


def _failure(exc: Exception) -> StepError:
    if isinstance(exc, DBAPIError):
        original = exc.orig
        arguments: tuple[Any, ...] = getattr(original, "args", ())
        number = arguments[0] if arguments and isinstance(arguments[0], int) else None
        code = f"sql_{number}" if number is not None else type(original).__name__.lower()
        reason = str(arguments[1] if len(arguments) > 1 else original)
        if isinstance(exc, OperationalError) and exc.connection_invalidated:
            return TargetUnreachable(f"The database broke the connection: {reason}", code=code)
        return TargetRefused(f"The database refused the query: {reason}", code=code)
    if isinstance(exc, SQLAlchemyError | ValueError | TypeError):
        return StepMisconfigured(f"The query cannot be sent: {exc}", code="params")
    raise exc


def _adapted(value: Any) -> Any:
    return jsontext.dumps(value) if isinstance(value, dict | list) else value
