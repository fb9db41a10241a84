"""The rows of a CSV or JSON text, as overrides of a flow. Pure; every mistake is told with its row and column."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from executions.errors import RowsInvalid
from flows.language import jsontext
from flows.language.env import typed_override

MOST_ROWS: Final = 1000
MOST_COLUMNS: Final = 200
LARGEST: Final = 2 * 1024 * 1024  # characters of the text
MISTAKES_TOLD: Final = 20
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")


@dataclass(frozen=True)
class Row:
    number: int  # from 1, the header of a CSV text not counted
    label: str
    overrides: Mapping[str, Any]


@dataclass(frozen=True)
class Mistake:
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        places = [f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
        place = ", ".join(filter(None, places))
        return f"{place[0].upper()}{place[1:]}: {self.message}" if place else self.message


def read_rows(text: str, kind: str, env: Mapping[str, Any], *, label_column: str = "") -> list[Row]:
    """`kind` is `csv` or `json`. Cells of CSV take the type of the flow's own value of that name; JSON stays as it is.

    Raises RowsInvalid with every mistake, twenty at most.
    """
    if len(text) > LARGEST:
        raise RowsInvalid([Mistake(None, None, f"The file has {len(text)} characters; it may have {LARGEST}.")])
    mistakes: list[Mistake] = []
    rows: list[Row] = []
    records = _csv_records(text, mistakes) if kind == "csv" else _json_records(text, mistakes)
    for number, record in records:
        if number > MOST_ROWS:
            mistakes.append(Mistake(None, None, f"There are more than {MOST_ROWS} rows. Split the file."))
            break
        if label_column and label_column not in record and not mistakes:
            columns = ", ".join(list(record)[:10])
            mistakes.append(
                Mistake(number, None, f"There is no column {label_column!r} for the label; it has {columns}.")
            )
        overrides = _typed(number, record, env, mistakes) if kind == "csv" else record
        rows.append(Row(number, str(record.get(label_column, ""))[:255] if label_column else "", overrides))
        if len(mistakes) >= MISTAKES_TOLD:
            break
    if not rows and not mistakes:
        mistakes.append(Mistake(None, None, "There are no rows."))
    if mistakes:
        raise RowsInvalid(mistakes[:MISTAKES_TOLD])
    return rows


def _csv_records(text: str, mistakes: list[Mistake]) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    header: Sequence[str] | None = None
    number = 0
    try:
        for cells in reader:
            if not cells:
                continue  # an empty line
            if header is None:
                header = [cell.strip() for cell in cells]
                if not _are_names(header, None, mistakes):
                    return
                continue
            number += 1
            if len(cells) != len(header):
                said = f"It has {len(cells)} cells; the header has {len(header)}."
                mistakes.append(Mistake(number, None, said))
                continue
            yield number, dict(zip(header, cells, strict=True))
    except csv.Error as exc:
        mistakes.append(Mistake(number + 1, None, f"This is not CSV: {exc} (line {reader.line_num})."))


def _json_records(text: str, mistakes: list[Mistake]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        found = jsontext.loads(text)
    except jsontext.NotJson as exc:
        mistakes.append(Mistake(None, None, f"This is not JSON: {exc}."))
        return
    if not isinstance(found, list):
        mistakes.append(Mistake(None, None, "Write a list of objects, one for each row."))
        return
    for number, record in enumerate(found, start=1):
        if not isinstance(record, dict):
            mistakes.append(Mistake(number, None, 'Write an object, such as {"SKU": "kettle"}.'))
        elif _are_names(list(record), number, mistakes):
            yield number, record


def _are_names(columns: Sequence[str], row: int | None, mistakes: list[Mistake]) -> bool:
    before = len(mistakes)
    if len(columns) > MOST_COLUMNS:
        mistakes.append(Mistake(row, None, f"There are {len(columns)} columns; there may be {MOST_COLUMNS}."))
    for place, column in enumerate(columns, start=1):
        if not _NAME.fullmatch(column):
            said = "It cannot name a variable: use letters, digits, - and _, starting with a letter or _."
            mistakes.append(Mistake(row, repr(column[:40]) if column else str(place), said))
        elif column in columns[: place - 1]:
            mistakes.append(Mistake(row, column, "There are two of this name."))
    return len(mistakes) == before


def _typed(number: int, record: Mapping[str, str], env: Mapping[str, Any], mistakes: list[Mistake]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for column, cell in record.items():
        try:
            typed[column] = typed_override(cell, env[column]) if column in env else cell
        except ValueError as exc:  # the cell stays out of it: it may be a password
            mistakes.append(Mistake(number, column, f"The cell does not fit the flow's own value: {exc}"))
    return typed
