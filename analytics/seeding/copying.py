"""Rows by COPY: every column of a model, those not given at the model's own default."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models


class Table:
    """A model's table, and the columns that differ from row to row."""

    def __init__(self, model: type[models.Model], given: Sequence[str], *, name: str = "") -> None:
        """`name` is that of another table with the same columns."""
        fields = model._meta.concrete_fields  # noqa: SLF001 - Django's way to ask a model
        self.name = name or model._meta.db_table  # noqa: SLF001
        self._columns = ", ".join(f'"{field.column}"' for field in fields)
        known = {str(field.column) for field in fields}
        if unknown := set(given) - known:
            raise ValueError(f"{self.name} has no column {', '.join(sorted(unknown))}")
        self._line = (
            "\t".join(
                f"%({field.column})s" if field.column in given else _constant(field).replace("%", "%%")
                for field in fields
            )
            + "\n"
        )

    def line(self, values: Mapping[str, object]) -> str:
        """One row. Values are numbers, times, or texts that `quoted` made."""
        return self._line % values

    def copy(self, lines: Iterable[str]) -> None:
        text = "".join(lines)  # before: making a line may ask the database
        with connection.cursor() as db, db.copy(f"COPY {self.name} ({self._columns}) FROM STDIN") as into:
            into.write(text)


def quoted(value: object) -> str:
    """A value as a COPY line has it."""
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    text = str(value)
    if "\\" in text or not text.isprintable():
        for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            text = text.replace(plain, escaped)
    return text


def _constant(field: "models.Field[Any, Any]") -> str:
    default = None if field.primary_key else field.get_default()
    prepared = field.get_db_prep_save(default, connection)
    return quoted(getattr(prepared, "obj", prepared) if not isinstance(prepared, str) else prepared)


def next_ids(model: type[models.Model], number: int) -> list[int]:
    """So many ids of a table, ascending, that nobody else gets."""
    with connection.cursor() as db:
        db.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, number],  # noqa: SLF001
        )
        return sorted(row[0] for row in db.fetchall())
