"""The numbers on top: each with what it was before, how many it is made of, and where to look."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from analytics.durations.histogram import merged, percentile
from analytics.flakiness.score import Health
from analytics.models import HealthDay, StepHealth
from analytics.questions.durations import histogram_of, histograms_by_time
from analytics.questions.scope import Scope
from analytics.questions.trend import Trend, trend_of


@dataclass(frozen=True)
class Tile:
    """`before` is the same number of as many days before; None where that is not kept. `n` is what it is made of, in
    `unit_of_n`. `q` finds the `executions` behind it: all it is made of, or those that count against it.
    """

    name: str
    value: float | None
    before: float | None
    unit: str
    n: int
    unit_of_n: str
    executions: int
    q: str
    series: list[float | None]  # day by day, or hour by hour; those without any are left out


def tiles(scope: Scope) -> list[Tile]:
    return [*_rates(scope), *_flaky(scope), *_durations(scope)]


def _rates(scope: Scope) -> list[Tile]:
    trend, then = trend_of(scope), trend_of(scope.before).total
    now = trend.total
    return [
        Tile(
            "pass_rate", now.rate, then.rate, "share", now.judged, "runs", now.judged, scope.search(also="judged"),
            [one.counts.rate for one in trend.points],
        ),
        Tile(
            "retry_rate", _share(now.recovered, now.passed), _share(then.recovered, then.passed), "share", now.passed,
            "passed", now.recovered, scope.search(also="status:passed had:recovered"), _retries(trend),
        ),
    ]  # fmt: skip


def _retries(trend: Trend) -> list[float | None]:
    return [_share(one.counts.recovered, one.counts.passed) for one in trend.points]


def _durations(scope: Scope) -> list[Tile]:
    days, then = histograms_by_time(scope), histogram_of(scope.before)
    now = merged(days.values())
    passed, q = sum(now.values()), scope.search(also="status:passed")
    return [
        Tile(
            name, percentile(now, share), percentile(then, share), "ms", passed, "passed", passed, q,
            [percentile(one, share) for one in days.values()],
        )
        for name, share in (("p50", 0.5), ("p95", 0.95))
    ]  # fmt: skip


def _flaky(scope: Scope) -> list[Tile]:
    """Of the steps as they are now; the window is that of the score."""
    judged = _health(scope).exclude(health=Health.INSUFFICIENT)
    sums = judged.aggregate(steps=Count("pk"), flaky=Count("pk", filter=Q(health=Health.FLAKY)), lost=Sum("lost_ms"))
    steps = sums["steps"]
    days = _health_days(scope)
    then = days.get(scope.before.last)
    series = [of_day for day, of_day in days.items() if day >= scope.first]
    return [
        Tile(
            "flaky_rate", _share(sums["flaky"], steps), _share(then[1], then[0]) if then else None, "share",
            steps, "steps",
            _disturbed(judged.filter(health=Health.FLAKY)), scope.search_of_now("disturbed:flaky"),
            [_share(flaky, of) for of, flaky, _ in series],
        ),
        Tile(
            "lost_minutes", (sums["lost"] or 0) / 60_000, then[2] / 60_000 if then else None, "minutes", steps, "steps",
            _disturbed(judged), scope.search_of_now("disturbed:*"), [lost / 60_000 for _, _, lost in series],
        ),
    ]  # fmt: skip


def _health_days(scope: Scope) -> dict[date, tuple[int, int, int]]:
    """Steps, flaky ones and milliseconds lost at the end of each day, from the day before the scope on."""
    found = HealthDay.objects.filter(workspace=scope.workspace, day__gte=scope.before.last, day__lte=scope.last)
    if scope.flow_ids is not None:
        found = found.filter(flow_id__in=scope.flow_ids)
    if scope.environment is not None:
        found = found.filter(environment=scope.environment)
    sums = found.order_by("day").values("day").annotate(steps=Sum("steps"), flaky=Sum("flaky"), lost=Sum("lost_ms"))
    return {one["day"]: (one["steps"], one["flaky"], one["lost"]) for one in sums}


def _health(scope: Scope) -> "QuerySet[StepHealth]":
    found = StepHealth.objects.filter(workspace=scope.workspace)
    if scope.flow_ids is not None:
        found = found.filter(flow_id__in=scope.flow_ids)
    return found if scope.environment is None else found.filter(environment=scope.environment)


def _disturbed(steps: "QuerySet[StepHealth]") -> int:
    """Executions, each once however many of its steps were disturbed."""
    events = steps.values_list("events", flat=True)
    return len({execution for one in events for execution in one})


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
