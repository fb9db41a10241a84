"""How many executions passed, day by day or hour by hour, and how sure that share is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from analytics.flakiness.wilson import wilson
from analytics.questions.rows import rows
from analytics.questions.scope import Scope, day_and_hour
from analytics.questions.totals import counts_by_flow
from analytics.rollups.totals import COUNTS

THIN: Final = 5  # judged executions below which a point is grey


@dataclass(frozen=True)
class RateCounts:
    """Executions. `rate` is of those that were judged: passed of passed, failed and timed out."""

    n: int
    passed: int
    failed: int
    timed_out: int
    cancelled: int
    platform: int
    recovered: int
    retries: int
    judged: int
    rate: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True)
class TrendPoint:
    day: date
    hour: int | None  # UTC; null for a whole day
    counts: RateCounts
    is_thin: bool
    q: str


@dataclass(frozen=True)
class Trend:
    total: RateCounts
    points: list[TrendPoint]
    q: str


@dataclass(frozen=True)
class FlowRate:
    """The pass rate of one flow, or of one environment."""

    name: str
    counts: RateCounts
    q: str


def trend_of(scope: Scope) -> Trend:
    sums = ", ".join(f"sum({name})::int AS {name}" for name in COUNTS)
    found = rows(f"SELECT day, {sums} FROM {scope.table} d WHERE {scope.where} GROUP BY day ORDER BY day", scope.params)
    points = []
    for row in found:
        counts = counts_of(row)
        day, hour = day_and_hour(row["day"])
        points.append(TrendPoint(day, hour, counts, counts.judged < THIN, scope.search(at=row["day"])))
    total = counts_of({name: sum(row[name] for row in found) for name in COUNTS})
    return Trend(total, points, scope.search())


def counts_of(row: Mapping[str, Any]) -> RateCounts:
    judged = row["passed"] + row["failed"] + row["timed_out"]
    lo, hi = wilson(row["passed"], judged) if judged else (None, None)
    return RateCounts(
        **{name: row[name] for name in COUNTS},
        judged=judged,
        rate=row["passed"] / judged if judged else None,
        lo=lo,
        hi=hi,
    )


def by_environment(scope: Scope) -> list[FlowRate]:
    """The same, for each environment."""
    sums = ", ".join(f"sum({name})::int AS {name}" for name in COUNTS)
    found = rows(
        f"SELECT environment, {sums} FROM {scope.table} d WHERE {scope.where} GROUP BY 1 ORDER BY 1",
        scope.params,
    )
    return [
        FlowRate(row["environment"], counts_of(row), f"env:{row['environment'] or 'none'} {scope.search()}")
        for row in found
    ]


def by_flow(scope: Scope) -> list[FlowRate]:
    """The same, for each flow, the worst first: by the upper bound of its rate, so that few runs condemn nobody."""
    found = counts_by_flow(scope)
    rates = [FlowRate(row["slug"], counts_of(row), f"flow:{row['slug']} {scope.search()}") for row in found]
    return sorted(rates, key=lambda one: (one.counts.hi if one.counts.hi is not None else 2.0, one.name))
