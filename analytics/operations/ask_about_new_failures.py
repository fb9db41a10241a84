"""Have the model asked about failures that are new, where a workspace wants that. At most once about each."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from analytics.analysis.subject import of_group
from analytics.errors import AnalysisLimited, AnalysisOff, NothingToAnalyse
from analytics.models import Analysis, AnalysisConsent, FailureGroup, GroupState
from analytics.operations.ask_for_analysis import ask_for_analysis

ITSELF: Final = "automatic"  # who asked, where nobody did
NEW_FOR: Final = timedelta(hours=1)  # what could not be asked by then, for quota or money, is left to people
log = logging.getLogger(__name__)


def ask_about_new_failures() -> int:
    """How many questions were asked. Under the same limits as people's; what they hold back waits for the next time."""
    if not settings.AI or not settings.ANTHROPIC_API_KEY:
        return 0
    asked = 0
    for group in _new():
        try:
            asked += _ask(group)
        except AnalysisLimited:
            break
        except AnalysisOff as exc:  # taken back a moment ago
            log.info("failure %s is not asked about: %s", group.fingerprint, exc)
    return asked


def _new() -> Iterator[FailureGroup]:
    """The oldest first, no more of a workspace than one person may ask in a minute."""
    now = timezone.now()
    wanting = AnalysisConsent.objects.filter(is_given=True, asks_itself_since__isnull=False)
    for workspace_id, since in wanting.values_list("workspace_id", "asks_itself_since"):
        assert since is not None
        first = max(since, now - NEW_FOR)
        lately = Analysis.objects.filter(
            workspace=workspace_id, asked_by=None, actor=ITSELF, asked_at__gt=now - timedelta(minutes=1)
        )
        room = max(0, settings.AI_PER_MINUTE - lately.count())
        groups = FailureGroup.objects.filter(
            workspace=workspace_id, last_seen__gte=first, first_seen__gte=first,
            asked_itself_at=None, state=GroupState.OPEN,
        )  # fmt: skip
        yield from groups.select_related("workspace", "flow").order_by("first_seen", "pk")[:room]


def _ask(group: FailureGroup) -> int:
    """Claimed and asked in one transaction: twice it is never, and what is refused stays to be asked."""
    with transaction.atomic():
        claimed = FailureGroup.objects.filter(pk=group.pk, asked_itself_at=None)
        if not claimed.update(asked_itself_at=timezone.now()):
            return 0
        if Analysis.objects.filter(group=group).exists():
            return 0  # somebody was quicker
        try:
            ask_for_analysis(subject=of_group(group), by=None, actor=ITSELF)
        except NothingToAnalyse:
            return 0
    return 1
