"""The names every flow has: the time, the run it is part of, random values, fake people."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from flows.language.namespaces import FakerNames, RandomNames, random_string, random_uuid
from flows.language.values import MISSING, iso

_DRAWN: Final[dict[str, Callable[[Random], Any]]] = {
    "RANDOM_ID": random_uuid,
    "UUID": random_uuid,
    "$uuid": random_uuid,
    "RANDOM_INT": lambda rng: rng.randint(0, 999_999),
    "$random_int": lambda rng: rng.randint(0, 999_999),
    "RANDOM_STRING": random_string,
}
_TIMES: Final[dict[str, Callable[[datetime], Any]]] = {
    "TIMESTAMP": lambda now: iso(now.replace(microsecond=0)),
    "ISO_TIMESTAMP": lambda now: iso(now.replace(microsecond=0)),
    "TIMESTAMP_UNIX": lambda now: int(now.timestamp()),
    "$timestamp": lambda now: int(now.timestamp()),
    "DATE": lambda now: now.strftime("%Y-%m-%d"),
    "TIME": lambda now: now.strftime("%H:%M:%S"),
    "DATETIME": lambda now: now.strftime("%Y-%m-%d %H:%M:%S"),
    "YEAR": lambda now: now.strftime("%Y"),
    "MONTH": lambda now: now.strftime("%m"),
    "DAY": lambda now: now.strftime("%d"),
    "HOUR": lambda now: now.strftime("%H"),
    "MINUTE": lambda now: now.strftime("%M"),
    "SECOND": lambda now: now.strftime("%S"),
}
_ABOUT: Final = ("FLOW_ID", "FLOW_NAME", "EXECUTION_ID", "ENVIRONMENT", "STEP_ID", "FLOW_STATUS")

BUILTIN_NAMES: Final = frozenset((*_DRAWN, *_TIMES, *_ABOUT, "random", "FAKER"))
"""Every built-in name. `STEP_ID` exists inside a step only, `FLOW_STATUS` in teardown only."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Builtins:
    """What the built-in names of one execution stand for. `rng` is only for tests that want to know what is drawn."""

    flow_id: str = ""
    flow_name: str = ""
    execution_id: str = ""
    environment: str = ""
    now: Callable[[], datetime] = _utc_now
    rng: Random | None = field(default=None, compare=False)

    def value(self, name: str, draw: Callable[[str, Callable[[Random], Any]], Any], *, step_id: str | None) -> Any:
        """What `name` stands for, or MISSING. `draw(what, how)` remembers what was drawn, for the next retry."""
        if name in _DRAWN:
            return draw(name, _DRAWN[name])
        if name in _TIMES:
            return _TIMES[name](self.now().astimezone(UTC))
        if name == "random":
            return RandomNames(draw)
        if name == "FAKER":
            return FakerNames(draw)
        if name == "STEP_ID":
            return MISSING if step_id is None else step_id
        about = {
            "FLOW_ID": self.flow_id,
            "FLOW_NAME": self.flow_name,
            "EXECUTION_ID": self.execution_id,
            "ENVIRONMENT": self.environment,
        }
        return about.get(name, MISSING)

    @property
    def random(self) -> Random:
        """Where random values come from: the operating system, unless a test says otherwise."""
        return self.rng or _system


_system = random.SystemRandom()


def is_time(name: str) -> bool:
    """Whether `name` tells the time, which goes on from one look to the next."""
    return name in _TIMES
