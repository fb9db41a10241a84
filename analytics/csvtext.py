"""Answers as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from django.http import HttpResponse

# A spreadsheet takes what begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_response(name: str, rows: Iterable[Any]) -> HttpResponse:
    """A line for each dataclass; members of its members stand beside the others as `counts.passed`."""
    found = [dict(_flat(row)) for row in rows]
    columns = list(dict.fromkeys(column for row in found for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in found)
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _flat(row: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    members: Mapping[str, Any] = {field.name: getattr(row, field.name) for field in fields(row)}
    for name, value in members.items():
        if is_dataclass(value):
            yield from _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, list):
            yield prefix + name, value
        elif all(not is_dataclass(one) for one in value):
            yield prefix + name, " ".join(map(str, value))


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value.isoformat() if hasattr(value, "isoformat") else value
