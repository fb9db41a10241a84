"""Whether the model may be asked, here and now. Read from settings and rows: no counter that could drift."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from analytics.analysis.outcomes import OVERLOADS
from analytics.errors import AnalysisLimited, AnalysisOff
from analytics.models import Analysis, AnalysisConsent, AnalysisStatus
from workspaces.models import Workspace

OVERLOADS_TO_OPEN: Final = 3  # in a row
OPEN_FOR: Final = timedelta(minutes=5)
LATELY: Final = timedelta(days=1)  # older ones say nothing about now
_LOCK: Final = 7_302_118  # of this module alone


@dataclass(frozen=True)
class Allowance:
    """What an admin sees: why not, if not, and how much of the day's money is gone."""

    why_not: AnalysisOff | None
    has_key: bool
    is_switched_on: bool
    is_consented: bool
    spent_today: Decimal
    day_budget: Decimal


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """A transaction in which nobody else asks or claims, so that what is counted is exact."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def allowance(workspace: Workspace) -> Allowance:
    why_not = None
    try:
        require_allowed(workspace)
    except AnalysisOff as exc:
        why_not = exc
    return Allowance(
        why_not=why_not,
        has_key=bool(settings.ANTHROPIC_API_KEY),
        is_switched_on=settings.AI,
        is_consented=_is_consented(workspace),
        spent_today=spent_today(),
        day_budget=Decimal(str(settings.AI_DAY_BUDGET)),
    )


def require_allowed(workspace: Workspace) -> None:
    """Raises AnalysisOff, and AnalysisLimited for what passes by itself."""
    require_on(workspace)
    require_calm()
    require_money(Decimal(0))


def require_on(workspace: Workspace) -> None:
    if not settings.AI:
        raise AnalysisOff("switched_off", "Analysis by a model is switched off on this server: STEPWELL_AI is 0.")
    if not settings.ANTHROPIC_API_KEY:
        raise AnalysisOff(
            "no_key",
            "No API key is set. Set ANTHROPIC_API_KEY, or ANTHROPIC_API_KEY_FILE, for the web and worker processes of"
            " this server, and restart them. The diagnosis by rules needs none.",
        )
    if not _is_consented(workspace):
        raise AnalysisOff(
            "no_consent",
            "An admin has to allow that masked evidence of failures leaves this host: Workspace → AI analysis.",
        )


def require_calm() -> None:
    """After three overloads in a row nobody asks for five minutes."""
    lately = Analysis.objects.filter(asked_at__gt=timezone.now() - LATELY, finished_at__isnull=False)
    found = list(lately.order_by("-finished_at").values_list("error_code", "finished_at")[:OVERLOADS_TO_OPEN])
    if len(found) < OVERLOADS_TO_OPEN or any(code not in OVERLOADS for code, _ in found):
        return
    at = found[0][1]
    assert at is not None
    left = (at + OPEN_FOR - timezone.now()).total_seconds()
    if left > 0:
        raise AnalysisLimited(
            "paused", f"The service was overloaded {OVERLOADS_TO_OPEN} times in a row. It is asked again in"
            f" {max(1, round(left))} s.", wait=max(1, round(left)),
        )  # fmt: skip


def require_quota(user: User | None) -> None:
    if user is None:
        return
    since = timezone.now() - timedelta(minutes=1)
    recent = Analysis.objects.filter(asked_by=user, asked_at__gt=since).order_by("asked_at")
    times = list(recent.values_list("asked_at", flat=True)[: settings.AI_PER_MINUTE + 1])
    if len(times) >= settings.AI_PER_MINUTE:
        wait = max(1, round((times[0] - since).total_seconds())) if times else 60
        said = f"You asked for {settings.AI_PER_MINUTE} analyses within a minute, the most. Ask again in {wait} s."
        raise AnalysisLimited("too_many", said, wait=wait)


def require_money(more: Decimal) -> None:
    budget, spent = Decimal(str(settings.AI_DAY_BUDGET)), spent_today()
    if spent + more > budget or budget <= 0:
        now = datetime.now(UTC)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
        raise AnalysisLimited(
            "no_money", f"The budget of today, ${budget:.2f}, is used up: ${spent:.2f} are spent or reserved. It starts"
            " anew at midnight UTC; STEPWELL_AI_DAY_BUDGET sets it.", wait=round((midnight - now).total_seconds()),
        )  # fmt: skip


def spent_today() -> Decimal:
    """In US dollars, with what those that still run may come to."""
    today = datetime.combine(datetime.now(UTC).date(), datetime.min.time(), UTC)
    found = Analysis.objects.filter(asked_at__gte=today).aggregate(sum=Sum("counted_cost"))["sum"]
    return Decimal(found or 0)


def has_room() -> bool:
    """Whether another one may be asked at once. Those whose worker has gone take none."""
    running = Analysis.objects.filter(status=AnalysisStatus.RUNNING, lease_until__gt=timezone.now())
    return running.count() < settings.AI_AT_ONCE


def _is_consented(workspace: Workspace) -> bool:
    return AnalysisConsent.objects.filter(workspace=workspace, is_given=True).exists()
