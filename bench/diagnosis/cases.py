"""The faults, as they are written down in `cases/`, and the flows they are made to fail in `flows/`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
LABELS = ("service", "environment", "data", "timing")
MISLEADING, UNSEEN, WATCH = "misleading", "unseen", "watch"
Change = Mapping[str, Any]  # {what: how}; what there is stands in `making.py`


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A flow, and what must be there for it to pass."""

    flow: Mapping[str, Any]
    variables: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[Change] = ()
    database: bool = False  # needs a role of its own in a database with passwords

    def text(self, number: int) -> str:
        """The flow, or its n-th copy, as it is saved."""
        text: str = yaml.safe_dump({"flow": self.flow}, sort_keys=False, width=10_000, allow_unicode=True)
        return text.replace("@n@", str(number))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fault. `label` is what a person who knows it would say, `also` what they would let pass as well."""

    id: str
    what: str
    label: str
    flow: str
    also: Sequence[str] = ()
    series: str = "plain"
    held_out: bool = False  # its outcome was not looked at while the rules were worked on
    pairs: Sequence[str] = ()  # names of confusable sets it belongs to
    cites: Sequence[str] = ()  # types of evidence that a right diagnosis stands on
    healthy: int = 15  # runs in the environment before the fault is made
    elsewhere: int = 0  # runs in another environment
    elsewhere_variables: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    fleet: int = 0  # further flows that use the same, and fail along
    shared_target: bool = False  # they all use the first server
    beside: bool = False  # another run is started a moment before, and still goes on
    fails: int = 1  # failures in a row; the last is diagnosed
    nights: int = 0  # instead of healthy runs: so many days with a failure at night, moved there in the record
    before: Sequence[Change] = ()
    inject: Sequence[Change] = ()

    @property
    def is_right_about(self) -> frozenset[str]:
        return frozenset({self.label, *self.also})

    def recipe(self) -> Recipe:
        return Recipe(**_filled(yaml.safe_load((HERE / "flows" / f"{self.flow}.yaml").read_text("utf-8")), self.id))


def all_cases() -> list[Case]:
    """In the order of their files: those of a file have its name as their label, but the misleading their own."""
    plain = [Case(**{"label": label, **one}) for label in LABELS for one in _read(label)]
    misleading = [Case(series=MISLEADING, **one) for one in _read(MISLEADING)]
    unseen = [Case(series=UNSEEN, **one) for one in _read(UNSEEN)]
    return [*plain, *misleading, *unseen, *(Case(series=WATCH, held_out=True, **one) for one in _read(WATCH))]


def _read(name: str) -> list[dict[str, Any]]:
    found = yaml.safe_load((HERE / "cases" / f"{name}.yaml").read_text("utf-8"))
    return [_filled(one, one["id"]) for one in found]


def _filled(value: Any, case: str) -> Any:
    """With the case's id where `@case@` stands, so that nothing of one case is met by another."""
    if isinstance(value, str):
        return value.replace("@case@", case)
    if isinstance(value, dict):
        return {_filled(name, case): _filled(member, case) for name, member in value.items()}
    return [_filled(member, case) for member in value] if isinstance(value, list) else value
