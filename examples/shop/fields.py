"""Reads the members of a JSON object and collects everything that is wrong with them, to be told at once."""

from collections.abc import Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, TypeVar

from examples.shop.messages import Json, Refused

ChoiceT = TypeVar("ChoiceT", str, int)


class Fields:
    """`done()` raises Refused (422) with one entry per bad member; until then bad members read as harmless blanks."""

    def __init__(self, values: Json, *, at: str = "", errors: list[Json] | None = None) -> None:
        self._values = values
        self._at = at
        self._errors: list[Json] = [] if errors is None else errors
        self._known: set[str] = set()

    def text(self, name: str, *, shortest: int = 1, longest: int = 200, default: str | None = None) -> str:
        value = self._take(name, default)
        if isinstance(value, str) and shortest <= len(value.strip()) and len(value) <= longest:
            return value.strip()
        self._wrong(name, f"must be text of {shortest} to {longest} characters")
        return ""

    def email(self, name: str) -> str:
        value = self._take(name, None)
        local, at, domain = value.rpartition("@") if isinstance(value, str) else ("", "", "")
        if local and at and "." in domain and not any(c.isspace() for c in value) and len(value) <= 254:
            return str(value).lower()
        self._wrong(name, "must be an email address")
        return ""

    def choice(self, name: str, options: Sequence[ChoiceT], *, default: ChoiceT | None = None) -> ChoiceT:
        value = self._take(name, default)
        for option in options:
            if value == option and type(value) is not bool:
                return option
        self._wrong(name, f"must be one of {', '.join(map(str, options))}")
        return options[0]

    def whole_number(self, name: str, *, low: int, high: int, default: int | None = None) -> int:
        value = self._take(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self._wrong(name, f"must be a whole number from {low} to {high}")
        return low

    def number(self, name: str, *, low: float, high: float, default: float) -> float:
        value = self._take(name, default)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and low <= float(value) <= high:
            return float(value)
        self._wrong(name, f"must be a number from {low:g} to {high:g}")
        return low

    def optional_whole_number(self, name: str, *, low: int, high: int) -> int | None:
        return None if self._take(name, None) is None else self.whole_number(name, low=low, high=high)

    def optional_number(self, name: str, *, low: float, high: float) -> float | None:
        return None if self._take(name, None) is None else self.number(name, low=low, high=high, default=low)

    def truth(self, name: str) -> bool:
        value = self._take(name, False)
        if not isinstance(value, bool):
            self._wrong(name, "must be true or false")
        return value is True

    def anything(self, name: str) -> Any:
        return self._take(name, None)

    def price(self, name: str) -> Decimal:
        value = self._take(name, None)
        if isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 < value < 1_000_000:
            price = Decimal(value)
            if price == round(price, 2):
                return round(price, 2)
        self._wrong(name, "must be a price above 0 with at most two decimals")
        return Decimal(0)

    def objects(self, name: str, *, most: int) -> list["Fields"]:
        """The list of objects under `name`, each to be read by the same rules."""
        value = self._take(name, None)
        if not isinstance(value, list) or not 1 <= len(value) <= most or not all(isinstance(v, dict) for v in value):
            self._wrong(name, f"must be a list of 1 to {most} objects")
            return []
        return [Fields(v, at=f"{self._at}{name}[{i}].", errors=self._errors) for i, v in enumerate(value)]

    def free(self, name: str) -> Json:
        """An object with whatever members."""
        value = self._take(name, {})
        if isinstance(value, dict):
            return value
        self._wrong(name, "must be an object")
        return {}

    def only(self) -> None:
        """Call last: members nobody asked for are wrong too."""
        for name in sorted(self._values.keys() - self._known):
            self._wrong(name, "is not known here")

    def done(self) -> None:
        self.only()
        if self._errors:
            first = self._errors[0]
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY, f"{first['field']} {first['message']}.", errors=list(self._errors)
            )

    def _take(self, name: str, default: Any) -> Any:
        self._known.add(name)
        return self._values.get(name, default)

    def _wrong(self, name: str, message: str) -> None:
        self._errors.append({"field": f"{self._at}{name}", "message": message})
