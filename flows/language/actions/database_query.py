"""database_query: one SQL statement against PostgreSQL, SQLite, or what SQLAlchemy has a driver for."""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from flows.language.actions.base import ActionConfig, ActionSpec, has_template
from flows.language.durations import Duration

DATABASE_TYPES = ("postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle")
_ALSO_READ = {"postgres": "postgresql", "pg": "postgresql", "sqlite3": "sqlite", "sqlserver": "mssql"}


def database_type(name: str) -> str | None:
    """The canonical name of a database type or URL scheme (`postgres`, `mysql+pymysql`); None if there is none."""
    dialect = name.strip().lower().partition("+")[0]
    dialect = _ALSO_READ.get(dialect, dialect)
    return dialect if dialect in DATABASE_TYPES else None


class DatabaseConnection(ActionConfig):
    """A connection in parts, where the URL form would need escaping."""

    type: str = Field("postgresql", description=", ".join(DATABASE_TYPES))
    host: str | None = Field(None, description="name, address, or folder of a unix socket")
    port: int | None = Field(None, ge=1, le=65535)
    database: str | None = Field(None, description="name of the database, or the SQLite file")
    username: str | None = None
    password: str | None = None
    ssl: bool | str | None = Field(None, description="true, false, or an sslmode such as verify-full")

    @field_validator("type")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if has_template(value):
            return value
        known = database_type(value)
        if known is None:
            raise ValueError(f"{value!r} is no database type; known are {', '.join(DATABASE_TYPES)}")
        return known


class PollConfig(ActionConfig):
    """Ask again until at least one row comes."""

    interval: Duration = Field(1.0, description="between two queries")
    timeout: Duration = Field(30.0, description="fail when no row came for so long")


class QueryConfig(ActionConfig):
    """One statement, and where it is sent."""

    connection: str | DatabaseConnection = Field(
        description="URL, or {type, host, port, database, username, password, ssl}"
    )
    query: str = Field(min_length=1, description="one SQL statement")
    params: list[Any] | dict[str, Any] | None = Field(None, description="list for ? or $1, map for :name")
    named_params: dict[str, Any] | None = Field(None, description="map for :name")
    transaction: bool | Literal["read_only"] | None = Field(
        None,
        description="true: in a transaction; false: without one; read_only: the database refuses every write; "
        "left out: READ ONLY for what certainly only reads, else as the statement needs",
    )
    max_rows: int = Field(10_000, ge=1, le=1_000_000, description="rows beyond are cut, and the result says so")

    @field_validator("connection")
    @classmethod
    def _is_a_connection(cls, value: str | DatabaseConnection) -> str | DatabaseConnection:
        if isinstance(value, str) and not value.lstrip().startswith(("${", "{{")):
            check_connection_text(value)
        return value

    @model_validator(mode="after")
    def _has_one_way_of_naming(self) -> Self:
        if self.named_params is not None and self.params is not None:
            raise ValueError("params and named_params are given; a query takes one of them")
        return self


class DatabaseQueryConfig(QueryConfig):
    poll: PollConfig | None = Field(None, description="ask again until a row comes")


def check_connection_text(text: str) -> None:
    """Raise ValueError if `text` is neither a known database's URL nor libpq's `host=… dbname=…`. Never quotes it."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        if "=" in text:
            return
        raise ValueError("connection must be a URL such as postgresql://user:password@host:5432/database")
    if has_template(scheme):
        return
    if database_type(scheme) is None:
        raise ValueError(f"connection begins with {scheme[:30]}://; known are {', '.join(DATABASE_TYPES)}")
    port = rest.partition("/")[0].rpartition("@")[2].rpartition("]")[2].rpartition(":")
    if port[1] and port[2] and not has_template(rest) and not port[2].isdigit() and "," not in rest:
        raise ValueError(f"connection has the port {port[2][:20]!r}, which is not a number")


SPEC = ActionSpec(
    name="database_query",
    Config=DatabaseQueryConfig,
    aliases=("postgresql.query",),
    result_keys=frozenset(
        {"rows", "row_count", "first_row", "rows_affected", "count", "columns", "truncated", "attempts", "duration_ms"}
    ),
    summary="Runs one SQL statement and gives its rows.",
)
