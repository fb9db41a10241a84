"""Which database a step means. Nothing here ever shows a password."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from flows.language.actions.database_query import DatabaseConnection, database_type
from workers.errors import StepMisconfigured

DEFAULT_PORTS = {"postgresql": 5432, "mysql": 3306, "mariadb": 3306, "mssql": 1433, "oracle": 1521}


@dataclass(frozen=True)
class Target:
    """A database, its address and credentials; `options` are the query part of its URL."""

    type: str
    host: str = ""
    port: int = 0
    database: str = ""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    options: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def service(self) -> str:
        if self.type == "sqlite":
            return "sqlite"
        return f"{self.host}:{self.port}" if not self.host.startswith("/") else self.host

    def describe(self) -> dict[str, Any]:
        """The connection as the record shows it."""
        shown = {"type": self.type, "host": self.host, "port": self.port, "database": self.database}
        return {name: value for name, value in shown.items() if value} | (
            {"username": self.username} if self.username else {}
        )


def target_of(connection: str | DatabaseConnection) -> Target:
    """Raises StepMisconfigured for what cannot be read; the text, which may hold a password, is never quoted."""
    try:
        if isinstance(connection, DatabaseConnection):
            return _from_parts(connection)
        return _from_url(connection.strip()) if "://" in connection else _from_dsn(connection)
    except ValueError as exc:
        message = "connection cannot be read; it must look like postgresql://user:password@host:5432/database"
        raise StepMisconfigured(message, code="connection") from exc


def _from_parts(parts: DatabaseConnection) -> Target:
    options: dict[str, str] = {}
    if parts.ssl is not None:
        options["sslmode"] = parts.ssl if isinstance(parts.ssl, str) else ("require" if parts.ssl else "disable")
    return _target(parts.type, parts.host, parts.port, parts.database or "", parts.username, parts.password, options)


def _from_url(url: str) -> Target:
    kind = database_type(url.partition("://")[0])
    if kind is None:
        raise ValueError("unknown scheme")
    if kind == "sqlite":
        path = unquote(url.partition("://")[2].partition("?")[0])
        return Target("sqlite", database=path[1:] if path.startswith("/") else path)
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = options.pop("port", "")
    return _target(
        kind,
        host,
        int(port) if port else parts.port,
        options.pop("dbname", "") or unquote(parts.path.removeprefix("/")),
        options.pop("user", "") or (unquote(parts.username) if parts.username else None),
        options.pop("password", "") or (unquote(parts.password) if parts.password else None),
        options,
    )


def _from_dsn(text: str) -> Target:
    """libpq's `host=db user=me password='with space'`."""
    pairs = re.findall(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s']\S*|)(?=\s|$)", text)
    values = {key: re.sub(r"\\(.)", r"\1", value.strip("'")) for key, value in pairs}
    if not values:
        raise ValueError("no key=value pairs")
    port = values.pop("port", "")
    return _target(
        "postgresql",
        values.pop("host", None),
        int(port) if port else None,
        values.pop("dbname", ""),
        values.pop("user", None),
        values.pop("password", None),
        values,
    )


def _target(
    kind: str,
    host: str | None,
    port: int | None,
    database: str,
    username: str | None,
    password: str | None,
    options: dict[str, str],
) -> Target:
    if kind == "sqlite":
        return Target("sqlite", database=database)
    if host and "," in host:
        raise StepMisconfigured("connection names several hosts; give one", code="connection")
    return Target(kind, host or "localhost", port or DEFAULT_PORTS[kind], database, username, password, options)
