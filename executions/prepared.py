"""The hot path's own way to PostgreSQL: statements prepared by name, run by libpq in one call.

A cursor costs about 45 µs of Python for each statement, four times what such a statement then needs to and fro. What it
does for that — adapting any type, waiting in a way that Ctrl-C can break — is not wanted in a worker's thread.
"""

import select
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from psycopg import pq

TEXT, BINARY = 0, 1
FORGOTTEN: Final = b"26000"  # psycopg deallocates all statements of a connection after a ROLLBACK or a change of schema
_NAMES: Final = count(1)

Load = Callable[[bytes], Any]
LOADERS: Final[Mapping[int, Load]] = {  # by the type's number in PostgreSQL's catalogue
    16: lambda value: value == b"t",
    17: lambda value: bytes.fromhex(value[2:].decode()),  # bytea, written \x…
    20: int,
    21: int,
    23: int,
    25: bytes.decode,
    701: float,
    1043: bytes.decode,
    1184: lambda value: datetime.fromisoformat(value.decode()),
}


@dataclass
class _Statement:
    """As one connection knows it."""

    name: bytes
    columns: tuple[tuple[str, Load], ...] | None = None  # known after the first result


_known: WeakKeyDictionary[psycopg.Connection[Any], dict[bytes, _Statement]] = WeakKeyDictionary()


def run_prepared(
    connected: psycopg.Connection[Any],
    text: bytes,
    values: Sequence[Any],
    *,
    meanwhile: Callable[[], object] | None = None,
) -> list[dict[str, Any]]:
    """Run a statement whose text casts every parameter, in a transaction of its own. Raises what psycopg raises.

    Values are of simple types, or lists of them; columns of the types in LOADERS. A str that stands for
    another type is cast to text first: `%(at)s::text::timestamptz`.
    `meanwhile` is called while the server works; it must not use the connection.
    """
    # Texts go in binary, so that the server sees a NUL in one and refuses it.
    formats = [BINARY if isinstance(value, str | bytes) else TEXT for value in values]
    dumped = [_dump(value) for value in values]
    statement = _prepared(connected, text)
    if meanwhile is None:
        result = connected.pgconn.exec_prepared(statement.name, dumped, formats)
    else:
        result = _beside(connected.pgconn, statement.name, dumped, formats, meanwhile)
    if result.error_field(pq.DiagnosticField.SQLSTATE) == FORGOTTEN:
        _known.pop(connected, None)
        statement = _prepared(connected, text)
        result = connected.pgconn.exec_prepared(statement.name, dumped, formats)
    if result.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
        raise _error(connected.pgconn, result)
    if statement.columns is None:
        statement.columns = _columns(result)
    get = result.get_value
    return [
        {
            name: None if (value := get(row, at)) is None else load(value)
            for at, (name, load) in enumerate(statement.columns)
        }
        for row in range(result.ntuples)
    ]


def _beside(
    pgconn: pq.abc.PGconn,
    name: bytes,
    values: list[Any],
    formats: list[int],
    meanwhile: Callable[[], object],
) -> pq.abc.PGresult:
    """Send, do something else, and wait for what is left to wait for.

    The last result counts: rows come before the commit, and it may fail where keys are looked at only then.
    """
    pgconn.send_query_prepared(name, values, formats)
    pgconn.flush()
    result = None
    try:
        meanwhile()
    finally:
        while (found := _next_result(pgconn)) is not None:
            result = found
    if result is None:
        raise psycopg.OperationalError(pgconn.get_error_message())
    return result


def _next_result(pgconn: pq.abc.PGconn) -> pq.abc.PGresult | None:
    """It waits here, not in psycopg's get_result, which would keep every other thread of the process waiting as well:
    for ever, if one of them has the lock that the statement waits for.
    """
    poll = select.poll()
    while True:
        poll.register(pgconn.socket, select.POLLIN | (select.POLLOUT if pgconn.flush() else 0))
        pgconn.consume_input()
        if not pgconn.is_busy():
            return pgconn.get_result()
        poll.poll()


def _prepared(connected: psycopg.Connection[Any], text: bytes) -> _Statement:
    statements = _known.get(connected)
    if statements is None:
        statements = _known[connected] = {}
    found = statements.get(text)
    if found is None:
        name = b"stepwell_%d" % next(_NAMES)
        result = connected.pgconn.prepare(name, text)
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise _error(connected.pgconn, result)
        found = statements[text] = _Statement(name)
    return found


def _columns(result: pq.abc.PGresult) -> tuple[tuple[str, Load], ...]:
    return tuple(((result.fname(at) or b"").decode(), LOADERS[result.ftype(at)]) for at in range(result.nfields))


def _error(pgconn: pq.abc.PGconn, result: pq.abc.PGresult) -> psycopg.Error:
    if result.error_field(pq.DiagnosticField.SQLSTATE) is None:  # it is libpq that speaks: the server is gone
        return psycopg.OperationalError(pgconn.get_error_message())
    return psycopg.errors.error_from_result(result)


def _dump(value: Any) -> Any:
    if value is None:
        return None
    dump = _DUMPS.get(type(value))
    if dump is None:  # a status, say, is a kind of text
        dump = next((dump for kind, dump in _DUMPS.items() if isinstance(value, kind)), None)
    if dump is None:
        raise TypeError(f"{type(value).__name__} is no simple type")
    return dump(value)


def _list(values: list[Any]) -> bytes:
    return b"{%s}" % b",".join(map(_item, values))


def _item(value: Any) -> bytes:
    """Of an array's text."""
    if value is None:
        return b"NULL"
    if isinstance(value, bytes):
        return b'"\\\\x%s"' % value.hex().encode()
    if not isinstance(value, str):
        dumped: bytes = _dump(value)
        return dumped
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return b'"%s"' % value.encode()


_DUMPS: Final[Mapping[type, Callable[[Any], bytes]]] = {
    str: str.encode,
    bytes: bytes,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    float: lambda value: repr(value).encode(),
    list: _list,
}
