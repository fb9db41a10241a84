"""The statement that records a new execution: its row, first step, first move and live values, in one commit."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db import connection, models

from executions.database import fetch_one
from executions.live import Kept
from executions.models import Execution, Move, StepRun
from flows.language import jsontext

PLACE: Final = "place"
# One that another execution waits for is never held back: the two could wait for each other.
HELD: Final = """%(e_trigger)s::text <> 'flow' AND EXISTS (
    SELECT FROM executions_runlimit l
     WHERE l.workspace_id = %(e_workspace_id)s::bigint AND (l.flow_id IS NULL OR l.flow_id = %(e_flow_id)s::bigint))"""


def next_execution_id() -> int:
    """The id of an execution that is about to be recorded: its own inputs may name it."""
    row = fetch_one("SELECT nextval(pg_get_serial_sequence('executions_execution', 'id')) AS id", {})
    assert row is not None
    return int(row["id"])


def insert_started(execution: Execution, first: StepRun, move: Move, kept: Sequence[Kept]) -> None:
    """Write them all, and set the id of `first`. Raises IntegrityError for an idempotency key that was used before.

    Where a limit may hold it back, it is written so: its first step is not due, until somebody admits it.
    """
    params = {**_values(execution, "e"), **_values(first, "s"), **_values(move, "m")}
    params |= {
        "paths": [value.path for value in kept],
        "turns": [value.turn for value in kept],
        "names": [value.name for value in kept],
        "ciphertexts": [value.seal() for value in kept],
    }
    row = fetch_one(_statement(), params)
    assert row is not None  # it selects what it has just inserted
    first.pk = row["id"]
    if row["is_held"]:
        execution.waits_for, first.due_at = PLACE, None


@cache
def _statement() -> str:
    """Every parameter is cast: see fetch_one."""
    return f"""
        WITH execution AS ({_insert(Execution, "e")}),
        move AS ({_insert(Move, "m")}),
        live AS (
            INSERT INTO executions_livevalue (execution_id, turn, path, name, ciphertext)
            SELECT %(e_id)s::bigint, v.turn, v.path, v.name, v.ciphertext
            FROM unnest(%(turns)s::text[], %(paths)s::text[], %(names)s::text[], %(ciphertexts)s::bytea[])
                WITH ORDINALITY AS v (turn, path, name, ciphertext, place)
            ORDER BY v.place
        )
        {_insert(StepRun, "s")} RETURNING id, due_at IS NULL AS is_held
    """  # noqa: S608 - of our own models; values are parameters


def _insert(model: type[models.Model], prefix: str) -> str:
    fields = _fields(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    given: dict[str | None, str] = {field.column: f"%({prefix}_{field.column})s::{_type(field)}" for field in fields}
    values = ", ".join(_unless_held(model, column, value) for column, value in given.items())
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({values})"  # noqa: S608, SLF001 - as above


def _unless_held(model: type[models.Model], column: str | None, value: str) -> str:
    """What is written instead of `value` where a limit holds the execution back."""
    instead: dict[tuple[type[models.Model], str | None], str] = {
        (Execution, "waits_for"): f"'{PLACE}'",
        (StepRun, "due_at"): "NULL",
    }
    held = instead.get((model, column))
    return value if held is None else f"CASE WHEN {HELD} THEN {held} ELSE {value} END"


def _values(row: models.Model, prefix: str) -> dict[str, Any]:
    return {f"{prefix}_{field.column}": _plain(field, getattr(row, field.attname)) for field in _fields(type(row))}


@cache
def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """All columns; but only an execution brings its id along."""
    return [field for field in model._meta.concrete_fields if model is Execution or not field.primary_key]  # noqa: SLF001


@cache
def _type(field: "models.Field[Any, Any]") -> str:
    found = field.db_type(connection) or ""
    if found.startswith("varchar"):
        return "text"  # a cast to varchar would cut what is too long
    return f"text::{found}" if isinstance(field, models.JSONField | models.DateTimeField) else found


def _plain(field: "models.Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return jsontext.dumps(value)
    prepared = field.get_db_prep_save(value, connection)
    return prepared.isoformat() if isinstance(prepared, datetime) else prepared
