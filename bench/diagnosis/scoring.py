"""How often the diagnosis was right. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.diagnosis.cases import Case

TOP1_TARGET: Final = 0.85
PRECISION_TARGET: Final = 0.95
SURE_TARGET: Final = 0.60  # of plain cases: a diagnosis that is never sure is worth nothing


@dataclass(frozen=True)
class Outcome:
    """What was said of a case. `cited` are the types of evidence that its rules stand on."""

    case: Case
    category: str
    runner_up: str
    confidence: str
    cited: frozenset[str]
    points: Mapping[str, float]
    rules: Sequence[str]

    @property
    def is_top1(self) -> bool:
        return self.category == self.case.label

    @property
    def is_accepted(self) -> bool:
        return self.category in self.case.is_right_about

    @property
    def is_top2(self) -> bool:
        return self.case.label in {self.category, self.runner_up}

    @property
    def misses(self) -> list[str]:
        """Evidence that should have been cited."""
        return sorted(set(self.case.cites) - self.cited)


@dataclass(frozen=True)
class Score:
    n: int
    top1: float
    accepted: float
    top2: float
    high: int
    high_right: int
    high_accepted: int
    inconclusive: int
    recall: float

    @property
    def high_share(self) -> float:
        """How often it dares to say so."""
        return self.high / self.n if self.n else 0.0

    @property
    def precision(self) -> float:
        return self.high_right / self.high if self.high else 1.0

    @property
    def precision_accepted(self) -> float:
        return self.high_accepted / self.high if self.high else 1.0


def outcome_of(case: Case, pack: Mapping[str, Any]) -> Outcome:
    types = {one["id"]: one["type"] for one in pack["items"]}
    verdict = pack["verdict"]
    return Outcome(
        case=case,
        category=verdict["category"],
        runner_up=verdict["runner_up"],
        confidence=verdict["confidence"],
        cited=frozenset(types[number] for rule in pack["rules"] for number in rule["evidence"]),
        points=verdict["points"],
        rules=[rule["id"] for rule in pack["rules"]],
    )


def score_of(outcomes: Iterable[Outcome]) -> Score:
    found = list(outcomes)
    high = [one for one in found if one.confidence == "high"]
    wanted = sum(len(one.case.cites) for one in found)
    return Score(
        n=len(found),
        top1=_share(one.is_top1 for one in found),
        accepted=_share(one.is_accepted for one in found),
        top2=_share(one.is_top2 for one in found),
        high=len(high),
        high_right=sum(one.is_top1 for one in high),
        high_accepted=sum(one.is_accepted for one in high),
        inconclusive=sum(one.confidence == "inconclusive" for one in found),
        recall=1 - sum(len(one.misses) for one in found) / wanted if wanted else 1.0,
    )


def _share(found: Iterable[bool]) -> float:
    every = list(found)
    return sum(every) / len(every) if every else 0.0
