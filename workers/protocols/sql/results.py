"""What a database gave, as JSON types and Decimal."""

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

MEMORY_LIMIT = 64 * 1024 * 1024  # bytes, roughly, of rows kept


@dataclass
class Answer:
    """The rows of one statement, as many as were kept, and how many there were."""

    max_rows: int
    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    row_count: int = 0
    rows_affected: int = 0
    has_rows: bool = False
    _size: int = 0

    def begin_rows(self, names: Sequence[str]) -> None:
        """A result with columns begins; it replaces an earlier one."""
        self.columns, self.rows, self.row_count, self.has_rows, self._size = unique_names(names), [], 0, True, 0

    def add_rows(self, rows: Iterable[Sequence[Any]]) -> None:
        """Count every row; keep those that fit."""
        for row in rows:
            self.row_count += 1
            if len(self.rows) >= self.max_rows or self._size > MEMORY_LIMIT:
                continue
            values = [plain(value) for value in row]
            self._size += sum(len(value) if isinstance(value, str) else 16 for value in values)
            self.rows.append(dict(zip(self.columns, values, strict=True)))

    def as_result(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "row_count": self.row_count,
            "first_row": self.rows[0] if self.rows else None,
            "rows_affected": self.rows_affected,
            "count": self.row_count if self.row_count else self.rows_affected,
            "columns": self.columns,
            "truncated": self.row_count > len(self.rows),
        }


def unique_names(names: Sequence[str]) -> list[str]:
    """`id, id` becomes `id, id_2`: a row has one value per name, and none may hide another."""
    taken: set[str] = set()
    result = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken or (number > 1 and candidate in names):
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate)
        result.append(candidate)
    return result


def plain(value: Any) -> Any:
    """One value of a row as JSON types and Decimal."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value.total_seconds() if isinstance(value, timedelta) else str(value)
