"""One statement of data-modifying CTEs, put together part by part."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Statement:
    """Parts of a WITH, and the parameters they name."""

    parts: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def add(self, part: str, **params: Any) -> None:
        self.parts.append(part)
        self.params.update(params)
