"""The numbers on top: each with what it was before, how many it is made of, and where to look."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from analytics.durations.histogram import percentile
from analytics.flakiness.score import WINDOW_DAYS, Health
from analytics.models import StepHealth
from analytics.questions.durations import histogram_of
from analytics.questions.scope import Scope
from analytics.questions.trend import trend_of


@dataclass(frozen=True)
class Tile:
    """`before` is the same number of as many days before; None where that is not kept. `n` is what it is made of."""

    name: str
    value: float | None
    before: float | None
    n: int
    unit: str
    q: str


def tiles(scope: Scope) -> list[Tile]:
    now, then = trend_of(scope).total, trend_of(scope.before).total
    fast, was_fast = histogram_of(scope), histogram_of(scope.before)
    passed = sum(fast.values())
    retried = (
        now.recovered / now.passed if now.passed else None,
        then.recovered / then.passed if then.passed else None,
    )
    return [
        Tile("pass_rate", now.rate, then.rate, now.judged, "share", scope.search()),
        Tile("retry_rate", *retried, now.passed, "share", scope.search(also="had:recovered")),
        *_flaky(scope),
        Tile("p50", percentile(fast, 0.5), percentile(was_fast, 0.5), passed, "ms", scope.search(also="status:passed")),
        Tile(
            "p95", percentile(fast, 0.95), percentile(was_fast, 0.95), passed, "ms", scope.search(also="status:passed")
        ),
    ]


def _flaky(scope: Scope) -> list[Tile]:
    """Of the steps as they are now; the window is that of the score."""
    found = StepHealth.objects.filter(workspace=scope.workspace).exclude(health=Health.INSUFFICIENT)
    if scope.flow_ids is not None:
        found = found.filter(flow_id__in=scope.flow_ids)
    if scope.environment is not None:
        found = found.filter(environment=scope.environment)
    sums = found.aggregate(
        steps=Count("pk"), flaky=Count("pk", filter=Q(health=Health.FLAKY)), lost=Sum("lost_ms"), results=Sum("n")
    )
    steps, days = sums["steps"], f"since:{WINDOW_DAYS}d"
    return [
        Tile("flaky_rate", sums["flaky"] / steps if steps else None, None, steps, "share", f"had:recovered {days}"),
        Tile(
            "lost_minutes", (sums["lost"] or 0) / 60_000, None, sums["results"] or 0, "minutes", f"had:recovered {days}"
        ),
    ]
