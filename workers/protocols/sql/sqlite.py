"""SQLite: a file on the worker, or memory."""

import sqlite3
from collections.abc import Callable
from decimal import Decimal
from time import monotonic
from typing import Any

from flows.language import jsontext
from workers.errors import StepError, StepMisconfigured, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.sql.binding import Bound
from workers.protocols.sql.mode import Mode
from workers.protocols.sql.results import Answer
from workers.protocols.sql.target import Target
from workers.protocols.sql.watch import Watch

_BUSY_SECONDS = 0.05  # SQLite's own wait for a lock cannot be interrupted, so it is short and repeated
_INSTRUCTIONS = 2_000  # of SQLite's machine between two looks at the clock
_FETCH = 500


def run_query(target: Target, query: Bound, mode: Mode, max_rows: int, watch: Watch) -> Answer:
    """Raises StepError or Aborted; what was interrupted is rolled back."""
    in_memory = target.database in ("", ":memory:")
    if not in_memory and not watch.local_files:
        raise StepMisconfigured(
            "The connection names a SQLite file; files on the worker are allowed only with STEPWELL_LOCAL_FILES=1",
            code="local_files",
        )
    try:
        connection = sqlite3.connect(
            ":memory:" if in_memory else target.database, timeout=_BUSY_SECONDS, isolation_level=None
        )
    except sqlite3.Error as exc:
        raise TargetUnreachable(f"The SQLite file {target.database} cannot be opened: {exc}", code="no_file") from exc
    try:
        _guard(connection, mode, watch)
        with watch.abort.calls(connection.interrupt):
            return _until_unlocked(lambda: _run(connection, query, mode, max_rows), connection, watch)
    finally:
        connection.close()


def _guard(connection: sqlite3.Connection, mode: Mode, watch: Watch) -> None:
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    connection.set_progress_handler(lambda: watch.abort.is_set or monotonic() > watch.deadline, _INSTRUCTIONS)
    if mode is Mode.READ_ONLY:
        connection.execute("PRAGMA query_only = ON")
    if not watch.local_files:  # ATTACH and VACUUM INTO would reach other files
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK
        )


def _until_unlocked(run: Callable[[], Answer], connection: sqlite3.Connection, watch: Watch) -> Answer:
    while True:
        watch.abort.check()
        try:
            return run()
        except sqlite3.Error as exc:
            if connection.in_transaction:
                connection.rollback()
            watch.abort.check()
            if monotonic() > watch.deadline:
                raise StepTimedOut("The time was up while waiting for SQLite", code="timeout") from exc
            if getattr(exc, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                watch.abort.wait(_BUSY_SECONDS)
                continue
            raise _failure(exc) from exc
        except (OverflowError, UnicodeEncodeError) as exc:
            raise StepMisconfigured(f"A parameter cannot be sent: {exc}", code="params") from exc


def _run(connection: sqlite3.Connection, query: Bound, mode: Mode, max_rows: int) -> Answer:
    answer = Answer(max_rows)
    if mode is Mode.TRANSACTION:
        connection.execute("BEGIN IMMEDIATE")
    cursor = connection.execute(query.sql, [_adapted(value) for value in query.values])
    if cursor.description is not None:
        answer.begin_rows([column[0] for column in cursor.description])
        while rows := cursor.fetchmany(_FETCH):
            answer.add_rows(rows)
    # Of this statement alone, without what triggers did: the connection is fresh.
    answer.rows_affected = connection.execute("SELECT changes()").fetchone()[0]
    if mode is Mode.TRANSACTION:
        connection.commit()
    return answer


def _failure(exc: sqlite3.Error) -> StepError:
    name = getattr(exc, "sqlite_errorname", "")
    code = name.lower() or "sqlite_error"
    if isinstance(exc, sqlite3.ProgrammingError):
        return StepMisconfigured(f"SQLite cannot run the query: {exc}", code="params")
    if name in ("SQLITE_CANTOPEN", "SQLITE_NOTADB"):
        return TargetUnreachable(f"The SQLite file cannot be read: {exc}", code=code)
    return TargetRefused(f"SQLite refused the query: {exc}", code=code)


def _adapted(value: Any) -> Any:
    if isinstance(value, dict | list):
        return jsontext.dumps(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
    return value
