"""The sum of a span out of two totals is the sum of its days, whatever days, environment and flows are asked for."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.models import FlowDay, FlowTotal
from analytics.operations.rebuild import rebuild
from analytics.operations.roll_up import roll_up
from analytics.questions.scope import Scope, scope_of
from analytics.questions.totals import counts_by_flow, histograms_by_flow
from analytics.rollups.differences import differences
from analytics.rollups.totals import COUNTS
from executions.models import Execution
from tests.analytics.history import History, history

pytestmark = pytest.mark.django_db
DAYS = 7


@pytest.fixture
def past() -> History:
    """Two flows in two environments, of which each rests on some days."""
    draw = random.Random(4)
    first = history(at=timezone.now())
    for one in (first, history(first.workspace, environment="qa"), history(first.workspace, name="Other")):
        for days_ago in range(DAYS, 0, -1):
            one.at = timezone.now() - timedelta(days=days_ago)
            one.play("".join(draw.choices("PFRC", k=draw.randrange(3))), ms=draw.randrange(5, 5000))
    roll_up()
    return first


def slow_counts(scope: Scope) -> dict[str, tuple[int, ...]]:
    """Of the model: the days, added up one after another."""
    found: dict[str, tuple[int, ...]] = {}
    for day in days_of(scope):
        had = found.get(day.flow.slug, (0,) * len(COUNTS))
        found[day.flow.slug] = tuple(a + getattr(day, name) for a, name in zip(had, COUNTS, strict=True))
    return found


def slow_histograms(scope: Scope) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for day in days_of(scope):
        for bucket, times in zip(day.buckets, day.counts, strict=True):
            of_flow = found.setdefault(day.flow_id, {})
            of_flow[bucket] = of_flow.get(bucket, 0) + times
    return found


def days_of(scope: Scope) -> list[FlowDay]:
    rows = FlowDay.objects.filter(workspace=scope.workspace, day__gte=scope.first, day__lte=scope.last)
    if scope.flow_ids is not None:
        rows = rows.filter(flow__in=scope.flow_ids)
    if scope.environment is not None:
        rows = rows.filter(environment=scope.environment)
    return list(rows.filter(trigger=scope.trigger) if scope.trigger else rows)


def assert_all_spans_hold(past: History) -> None:
    today = timezone.now().date()
    slug = past.version.flow.slug
    asked: list[dict[str, Any]] = [
        {}, {"environment": "qa"}, {"flow": slug}, {"trigger": "api"}, {"environment": "qa", "flow": slug},
    ]  # fmt: skip
    for words in asked:
        for first in range(DAYS + 2):
            for last in range(first + 1):
                scope = scope_of(
                    past.workspace, since=today - timedelta(days=first), until=today - timedelta(days=last), **words
                )
                counts = {row["slug"]: tuple(row[name] for name in COUNTS) for row in counts_by_flow(scope)}
                assert counts == slow_counts(scope), scope
                histograms = histograms_by_flow(scope)
                assert {key: one.now for key, one in histograms.items() if one.now} == slow_histograms(scope)
                before = {key: one.before for key, one in histograms.items() if one.before}
                assert before == slow_histograms(scope.before)


def test_any_span_is_the_sum_of_its_days(past: History) -> None:
    assert FlowTotal.objects.filter(environment="*").exists()
    assert_all_spans_hold(past)


def test_what_ends_late_moves_every_total_after_its_day(past: History) -> None:
    late = past.run("P", e_queued_at=timezone.now() - timedelta(days=DAYS - 2), ms=77)
    Execution.objects.filter(pk=late.pk).update(finished_at=timezone.now())
    roll_up()
    assert_all_spans_hold(past)


def test_totals_are_made_anew_from_any_day_on(past: History) -> None:
    today = timezone.now().date()
    had = totals()
    FlowTotal.objects.filter(day__gt=today - timedelta(days=6)).delete()
    assert differences(today - timedelta(days=DAYS + 2), today) != []
    rebuild(today - timedelta(days=6), today - timedelta(days=4))  # those after it follow by themselves
    assert totals() == had
    assert differences(today - timedelta(days=DAYS + 2), today) == []


def totals() -> list[tuple[object, ...]]:
    names = ("flow", "environment", "day", *COUNTS, "buckets", "counts")
    return list(FlowTotal.objects.order_by("flow", "environment", "day").values_list(*names))
