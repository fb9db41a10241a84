"""Who may ask, what is answered when nobody may, and what each problem says to do."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.models import Analysis, FailureGroup
from analytics.operations.roll_up import roll_up
from analytics.operations.run_analysis import run_analysis
from tests.analytics.analysis.asking_server import BODY, CALL, STATUS, Scene, answer, scene
from tests.cast import Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


def path(it: Scene) -> str:
    return f"/analytics/executions/{it.failed.pk}/analysis"


def refused(api: Api, it: Scene) -> tuple[int, str, str]:
    found = api.post(path(it), {})
    return found.status, found.body["type"].rpartition(":")[2], found.body["detail"]


def test_without_a_key_the_problem_says_which_variable_to_set_and_where() -> None:
    with scene(ANTHROPIC_API_KEY="") as it:
        bob = api_of(it.past.workspace, Role.EDITOR)
        status, code, detail = refused(bob, it)
        assert (status, code) == (409, "no_key")
        assert "Set ANTHROPIC_API_KEY, or ANTHROPIC_API_KEY_FILE, for the web and worker processes" in detail
        assert bob.get(path(it)).body["why_not"]["code"] == "no_key"
        # The rules' answer stands
        assert bob.get(f"/analytics/executions/{it.failed.pk}/diagnosis").body["verdict"]["category"] == "service"


def test_an_admin_allows_it_and_takes_it_back_and_both_are_in_the_audit_log() -> None:
    with scene(consented=False) as it:
        alice, bob = api_of(it.past.workspace, Role.ADMIN), api_of(it.past.workspace, Role.EDITOR)
        assert refused(bob, it)[1] == "no_consent"
        assert bob.put("/analytics/ai/consent", {"is_given": True}).status == 403
        given = alice.put("/analytics/ai/consent", {"is_given": True})
        assert (given.status, given.body["is_consented"], given.body["why_not"]) == (200, True, None)
        assert bob.post(path(it), {}).status == 202
        alice.put("/analytics/ai/consent", {"is_given": False})
        assert refused(bob, it)[1] == "no_consent"
        assert api_of(make_workspace("else"), Role.ADMIN).get("/analytics/ai").body["is_consented"] is False
    verbs = list(AuditEntry.objects.filter(verb__startswith="analysis.").order_by("id").values_list("verb", flat=True))
    assert verbs == ["analysis.consent_given", "analysis.asked", "analysis.consent_withdrawn"]


def test_the_kill_switch_stops_everything() -> None:
    with scene(AI=False) as it:
        assert refused(api_of(it.past.workspace, Role.EDITOR), it)[1] == "switched_off"


def test_an_editor_asks_and_a_viewer_reads_all_of_it_but_no_stranger() -> None:
    with scene() as it:
        bob, charlie = api_of(it.past.workspace, Role.EDITOR), api_of(it.past.workspace, Role.VIEWER)
        assert charlie.post(path(it), {}).status == 403
        made = bob.post(path(it), {}).body
        assert made["status"] == "queued"
        run_analysis(made["id"])
        found = charlie.get(path(it)).body["analysis"]
        assert found["status"] == "done"
        cited = {one for cause in found["answer"]["causes"] for one in cause["evidence"]}
        assert cited <= {one["id"] for one in found["evidence"]}
        one = f"/analytics/analyses/{made['id']}"
        sent = charlie.get(f"{one}/sent").body
        assert sent["document"] == Analysis.objects.get().document
        assert sent["system"].startswith("You help engineers")
        again = charlie.get(one)
        assert charlie.get(one, If_None_Match=again.raw["ETag"]).status == 304
        assert charlie.put(f"{one}/label", {"is_helpful": True}).status == 403
        labelled = bob.put(f"{one}/label", {"is_helpful": False, "right_category": "data"}).body
        assert (labelled["is_helpful"], labelled["right_category"]) == (False, "data")
        mallory = api_of(make_workspace("other"), Role.ADMIN)
        for address in (one, f"{one}/sent", path(it), f"{path(it)}/preview"):
            assert mallory.get(address).status == 404
        assert mallory.put(f"{one}/label", {}).status == 404


def test_what_would_be_sent_can_be_read_before_anything_is() -> None:
    with scene(ANTHROPIC_API_KEY="", consented=False) as it:
        found = api_of(it.past.workspace, Role.VIEWER).get(f"{path(it)}/preview").body
        assert "the pool is exhausted" in found["document"]
        assert it.fake.received == []
        assert Analysis.objects.count() == 0


def test_the_same_question_is_not_paid_for_twice_unless_somebody_wants_it() -> None:
    with scene() as it:
        bob = api_of(it.past.workspace, Role.EDITOR)
        first = bob.post(path(it), {}).body["id"]
        assert bob.post(path(it), {}).body["id"] == first  # still running
        run_analysis(first)
        assert bob.post(path(it), {}).body["id"] == first
        assert bob.post(path(it), {"anew": True}).body["id"] != first


def test_the_same_failure_in_another_run_is_offered() -> None:
    with scene() as it:
        earlier = it.failed
        again = it.past.run("F", assertions=STATUS, **CALL)
        answer(again, BODY)
        roll_up()
        bob = api_of(it.past.workspace, Role.EDITOR)
        made = bob.post(path(it), {}).body["id"]
        run_analysis(made)
        it.failed = again
        state = bob.get(path(it)).body
        assert state["analysis"] is None
        assert (state["similar"]["id"], state["similar"]["execution"]) == (made, earlier.pk)
        assert bob.post(path(it), {}).body["id"] == made
        assert bob.post(path(it), {"anew": True}).body["execution"] == again.pk


def test_a_group_of_failures_is_analysed_as_a_whole() -> None:
    with scene() as it:
        it.past.run("F", assertions=STATUS, **CALL)
        roll_up()
        fingerprint = FailureGroup.objects.get().fingerprint
        bob = api_of(it.past.workspace, Role.EDITOR)
        address = f"/analytics/failures/{fingerprint}/analysis"
        made = bob.post(address, {}).body
        assert (made["is_of_group"], made["group"]) == (True, fingerprint)
        run_analysis(made["id"])
        found = bob.get(address).body["analysis"]
        assert found["status"] == "done", found["error"]
        assert {"group", "trend", "occurrences"} <= {one["type"] for one in found["evidence"]}
        assert bob.get(path(it)).body["analysis"] is None
        assert bob.get("/analytics/failures/0000000000000000/analysis").status == 404
        # Also when none of its executions is on record any more
        it.past.version.flow.executions.all().delete()
        gone = bob.post(address, {"anew": True}).body
        run_analysis(gone["id"])
        found = bob.get(address).body["analysis"]
        assert (found["status"], found["execution"]) == ("done", None), found


def test_where_nothing_failed_there_is_nothing_to_ask() -> None:
    with scene() as it:
        it.failed = it.past.run("P")
        bob = api_of(it.past.workspace, Role.EDITOR)
        assert refused(bob, it)[:2] == (409, "nothing_to_analyse")


def rows(it: Scene, count: int, **changes: Any) -> None:
    for number in range(count):
        Analysis.objects.create(
            **{
                "workspace": it.past.workspace, "execution_id": 900 + number, "status": "failed", "model": "m",
                "prompt_version": 1, "pack_hash": "x", "system": "", "document": "{}",
                "finished_at": timezone.now(), **changes,
            }
        )  # fmt: skip


def test_ten_a_minute_are_enough_for_one_person() -> None:
    with scene() as it:
        bob = api_of(it.past.workspace, Role.EDITOR)
        rows(it, 10, asked_by=bob.user)
        status, code, detail = refused(bob, it)
        assert (status, code) == (429, "too_many")
        assert "Ask again in" in detail
        assert api_of(it.past.workspace, Role.EDITOR, "carla").post(path(it), {}).status == 202


def test_the_money_of_a_day_is_not_overspent_even_by_what_still_runs() -> None:
    with scene(AI_DAY_BUDGET=1) as it:
        bob = api_of(it.past.workspace, Role.EDITOR)
        rows(
            it,
            1,
            counted_cost="0.99",
            status="running",
            finished_at=None,
            lease_until=timezone.now() + timedelta(minutes=1),
        )
        status, code, detail = refused(bob, it)
        assert (status, code) == (429, "no_money")
        assert "$1.00" in detail
        assert "STEPWELL_AI_DAY_BUDGET" in detail
        Analysis.objects.update(asked_at=timezone.now() - timedelta(days=1))
        assert bob.post(path(it), {}).status == 202


def test_after_three_overloads_nobody_asks_for_five_minutes() -> None:
    with scene() as it:
        bob = api_of(it.past.workspace, Role.EDITOR)
        rows(it, 2, error_code="overloaded")
        rows(it, 1, error_code="refused", execution_id=950)
        assert bob.get(path(it)).body["why_not"] is None
        Analysis.objects.filter(error_code="refused").update(error_code="overloaded")
        assert refused(bob, it)[:2] == (429, "paused")
        Analysis.objects.update(finished_at=timezone.now() - timedelta(minutes=6))
        assert bob.post(path(it), {}).status == 202
