"""The model asked by itself: only where an admin wants it, once about each failure, under every limit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from analytics.models import Analysis, AnalysisConsent, AnalysisStatus, FailureGroup, GroupState
from analytics.operations.ask_about_new_failures import ITSELF, ask_about_new_failures
from analytics.operations.give_consent import give_consent
from analytics.operations.let_it_ask import let_it_ask
from analytics.operations.roll_up import roll_up
from analytics.operations.run_analysis import run_analysis
from tests.analytics.analysis.asking_server import CALL, STATUS, Scene, answer, scene
from tests.cast import api_of
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@contextmanager
def watching(**settings: Any) -> Iterator[Scene]:
    """A workspace that wants it, in which something failed for the first time a moment ago."""
    with scene(**settings) as it:
        let_it_ask(workspace=it.past.workspace, is_on=True, by=None, actor="alice")
        AnalysisConsent.objects.update(asks_itself_since=timezone.now() - timedelta(days=1))
        it.past.at = timezone.now() - timedelta(minutes=30)
        fail(it, "steps/new")
        roll_up()
        yield it


def fail(it: Scene, key: str) -> None:
    """A failure of its own."""
    more = {"key": key, "path": key, "e_failed_step_path": key}
    answer(
        it.past.run("F", after=timedelta(seconds=5), assertions=STATUS, **CALL, **more), {"status": 503, "body": key}
    )


def test_a_new_failure_is_asked_about_once_and_says_that_nobody_asked() -> None:
    with watching() as it:
        assert ask_about_new_failures() == 1  # what failed before the last hour is no news
        made = Analysis.objects.get()
        run_analysis(made.pk)
        made.refresh_from_db()
        assert (made.status, made.actor, made.asked_by, made.is_of_group) == ("done", ITSELF, None, True)
        told = api_of(it.past.workspace, Role.VIEWER).get(f"/analytics/analyses/{made.pk}").body
        assert (told["asked_itself"], told["asked_by"]) == (True, "automatic")
        # Then never again about the same, also when it comes again
        fail(it, "steps/new")
        roll_up()
        assert ask_about_new_failures() == 0
        # And whoever opens one of its runs is offered the answer
        run = it.past.version.flow.executions.order_by("-pk")[0]
        state = api_of(it.past.workspace, Role.EDITOR).get(f"/analytics/executions/{run.pk}/analysis").body
        assert state["similar"]["id"] == made.pk
    assert AuditEntry.objects.filter(verb="analysis.asked").get().actor == ITSELF


def test_it_is_off_at_first_and_an_admin_switches_it() -> None:
    with scene(consented=False) as it:
        alice, bob = api_of(it.past.workspace, Role.ADMIN), api_of(it.past.workspace, Role.EDITOR)
        assert alice.put("/analytics/ai/automatic", {"is_on": True}).body["type"].endswith("no_consent")
        give_consent(workspace=it.past.workspace, is_given=True, by=None, actor="alice")
        assert alice.get("/analytics/ai").body["asks_itself_since"] is None
        assert ask_about_new_failures() == 0
        assert bob.put("/analytics/ai/automatic", {"is_on": True}).status == 403
        now = alice.put("/analytics/ai/automatic", {"is_on": True}).body
        assert now["asks_itself_since"]
        assert now["asks_itself_by"].startswith(alice.user.username)
        assert alice.put("/analytics/ai/automatic", {"is_on": False}).body["asks_itself_since"] is None
        # Consent that is taken back takes it along, for good
        alice.put("/analytics/ai/automatic", {"is_on": True})
        alice.put("/analytics/ai/consent", {"is_given": False})
        assert alice.put("/analytics/ai/consent", {"is_given": True}).body["asks_itself_since"] is None
    verbs = AuditEntry.objects.filter(verb__startswith="analysis.asks").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["analysis.asks_itself", "analysis.asks_no_more", "analysis.asks_itself"]


def test_what_is_known_or_old_is_not_asked_about() -> None:
    with watching() as it:
        FailureGroup.objects.update(state=GroupState.MUTED)
        assert ask_about_new_failures() == 0
        FailureGroup.objects.update(state=GroupState.OPEN)
        AnalysisConsent.objects.update(asks_itself_since=timezone.now())
        assert ask_about_new_failures() == 0
        AnalysisConsent.objects.update(asks_itself_since=timezone.now() - timedelta(days=1))
        # Somebody was quicker
        group = FailureGroup.objects.get(step_key="steps/new")
        it.ask()
        Analysis.objects.update(group=group)
        assert ask_about_new_failures() == 0


@pytest.mark.parametrize(
    "limit", [{"AI": False}, {"ANTHROPIC_API_KEY": ""}, {"AI_DAY_BUDGET": 0.001}, {"AI_PER_MINUTE": 0}]
)
def test_every_limit_holds_and_what_it_held_back_is_asked_later(limit: dict[str, Any]) -> None:
    with watching():
        with override_settings(**limit):
            assert ask_about_new_failures() == 0
        assert Analysis.objects.count() == 0
        assert ask_about_new_failures() == 1


def test_no_more_are_asked_in_a_minute_than_one_person_may_and_none_after_overloads() -> None:
    with watching(AI_PER_MINUTE=3) as it:
        for number in range(5):
            fail(it, f"steps/s{number}")
        roll_up()
        assert (ask_about_new_failures(), ask_about_new_failures()) == (3, 0)
        # The service is overloaded
        now = timezone.now()
        Analysis.objects.update(
            status=AnalysisStatus.FAILED, error_code="overloaded", finished_at=now, asked_at=now - timedelta(minutes=2)
        )
        assert ask_about_new_failures() == 0
        Analysis.objects.update(finished_at=now - timedelta(minutes=6))
        assert ask_about_new_failures() == 3
