"""Points of the four causes, as the rules give them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DECISIVE: Final = 3.5  # of one cause alone: the failure by itself says which
Points = dict[str, float]

# What is seen once is one piece of evidence, however many rules look at it.
FAMILIES: Final = {
    "failure": "failure", "assertion": "failure", "diff": "failure",
    "shape": "response", "response_excerpt": "response",
    "input": "request", "request": "request", "history": "history", "latency": "history", "hours": "history",
    "change": "change", "fleet": "fleet", "other_env": "elsewhere", "absence": "elsewhere", "made": "run",
}  # fmt: skip


@dataclass(frozen=True)
class Fired:
    """A rule that applies. `about` is the type of evidence it stands on, `seen_in` where that is from another look."""

    id: str
    points: Points
    about: str
    seen_in: str = ""

    @property
    def family(self) -> str:
        return self.seen_in or FAMILIES.get(self.about, self.about)

    @property
    def is_decisive(self) -> bool:
        return self.family == "failure" and len(self.points) == 1 and max(self.points.values()) >= DECISIVE


def points_for(service: float = 0, environment: float = 0, data: float = 0, timing: float = 0) -> Points:
    given = {"service": service, "environment": environment, "data": data, "timing": timing}
    return {name: value for name, value in given.items() if value}


def weighed(rules: Sequence[Fired]) -> list[Fired]:
    """
    With each observation counted once: of what several rules say of the failure itself, the most for a cause counts in
    full and the rest by half; what runs that passed had there instead is added. What else is known counts by half
    against a failure that is decisive, and never turns it.
    """
    decided = {max(one.points) for one in rules if one.is_decisive}
    own = [one for one in rules if one.family == "failure" and one.about != "diff"]
    return [_counted(one, own) if one in own else _halved(one, decided) if len(decided) == 1 else one for one in rules]


def _counted(one: Fired, own: Sequence[Fired]) -> Fired:
    points = {
        name: value if one is max(own, key=lambda other: other.points.get(name, 0.0)) else value / 2
        for name, value in one.points.items()
    }
    return Fired(one.id, points, one.about, one.seen_in)


def _halved(one: Fired, but: set[str]) -> Fired:
    points = {name: value if name in but else value / 2 for name, value in one.points.items()}
    return Fired(one.id, points, one.about, one.seen_in)
