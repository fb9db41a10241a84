"""Who is told of which outcome: judged in the transaction that sees to an end, told once, listed, tried, sent again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from executions.models import Execution
from executions.operations.see_to_endings import see_to_endings
from executions.operations.start import start_execution
from executions.status import Status, Trigger
from flows.encryption import decrypt
from flows.models import FlowVersion
from flows.operations.quarantine import quarantine
from flows.operations.save_flow import save_flow
from notifications.models import Delivery, Occasion, Target
from notifications.operations.judge import judge_ending
from notifications.operations.prune_deliveries import prune_deliveries
from tests.cast import Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
Run = Callable[..., Execution]


@pytest.fixture
def bob() -> Api:
    return api_of(make_workspace(), Role.EDITOR, "bob")


@pytest.fixture
def version(bob: Api) -> FlowVersion:
    text = "flow: {name: Check out, steps: [{id: pay, action: log, config: {message: x}}]}"
    return save_flow(workspace=bob.workspace, text=text, by=None).version


@pytest.fixture
def run(version: FlowVersion) -> Run:
    """An execution that ended so, seen to."""

    def run(status: Status, **more: Any) -> Execution:
        values = {"flow_version": version, "environment": None, "variables": {}, "trigger": Trigger.API} | more
        execution = start_execution(actor="alice", **values)
        rows = Execution.objects.filter(pk=execution.pk)
        rows.update(status=Status.RUNNING, started_at=timezone.now())
        failure = {
            "failed_step_path": "steps/pay",
            "failure_kind": "action",
            "failure_message": "refused with ‹secret:KEY›",
        }
        changes = failure if status is Status.FAILED else {}
        rows.update(status=status, outcome=status, finished_at=timezone.now(), **changes)
        see_to_endings(also=judge_ending)
        return execution

    return run


def target(bob: Api, name: str = "hook", **body: Any) -> int:
    wanted = {"name": name, "kind": "webhook", "address": "https://hooks.example.org/T0/s3cr3t-part"} | body
    number: int = bob.post("/notifications/targets", wanted).body["target"]["id"]
    return number


def rule(bob: Api, to: int, occasion: str, **body: Any) -> Any:
    return bob.post("/notifications/rules", {"target": to, "occasion": occasion} | body)


def told() -> list[tuple[int | None, str]]:
    return list(Delivery.objects.order_by("id").values_list("execution_id", "occasion"))


def test_a_failure_is_told_once_until_it_has_been_better(bob: Api, run: Run) -> None:
    rule(bob, target(bob), "failure")
    passed, first = run(Status.PASSED), run(Status.FAILED)
    run(Status.FAILED)
    run(Status.CANCELLED)  # says nothing about the flow
    run(Status.TIMED_OUT)
    run(Status.PASSED)
    last = run(Status.FAILED)
    assert told() == [(first.pk, "failure"), (last.pk, "failure")]
    assert passed.pk < first.pk


def test_a_recovery_is_told(bob: Api, run: Run) -> None:
    rule(bob, target(bob), "recovery")
    run(Status.PASSED)
    run(Status.FAILED)
    better = run(Status.PASSED)
    run(Status.PASSED)
    assert told() == [(better.pk, "recovery")]


def test_n_of_m_failures_are_told_when_it_has_just_become_enough(bob: Api, run: Run) -> None:
    rule(bob, target(bob), "failures", failures=2, of_last=3)
    run(Status.FAILED)
    run(Status.PASSED)
    enough = run(Status.FAILED)
    run(Status.FAILED)
    assert told() == [(enough.pk, "failures")]
    assert Delivery.objects.get().message["failures"] == {"count": 2, "of_last": 3}


def test_every_failure_can_be_told_and_two_rules_tell_one_target_once(bob: Api, run: Run) -> None:
    one = target(bob)
    rule(bob, one, "failure")
    rule(bob, one, "every_failure")
    executions = [run(Status.FAILED), run(Status.FAILED)]
    assert told() == [(execution.pk, "failure") for execution in executions]


def test_a_rule_may_be_about_one_flow_or_one_schedule(bob: Api, run: Run, version: FlowVersion) -> None:
    one = target(bob)
    other = save_flow(
        workspace=bob.workspace,
        text="flow: {name: Other, steps: [{id: a, action: log, config: {message: x}}]}",
        by=None,
    ).version
    schedule = bob.post("/schedules", {"name": "nightly", "flow": "other", "cron": "@daily"}).body["id"]
    rule(bob, one, "failure", flow="check-out")
    rule(bob, one, "every_failure", schedule=schedule)
    mine = run(Status.FAILED)
    run(Status.FAILED, flow_version=other)
    by_schedule = Execution.objects.get(pk=bob.post(f"/schedules/{schedule}/run").body["id"])
    run_of_schedule = Execution.objects.filter(pk=by_schedule.pk)
    run_of_schedule.update(status=Status.RUNNING, started_at=timezone.now())
    run_of_schedule.update(status=Status.FAILED, finished_at=timezone.now())
    see_to_endings(also=judge_ending)
    assert told() == [(mine.pk, "failure"), (by_schedule.pk, "failure")]
    assert Delivery.objects.latest("id").message["schedule"] == "nightly"
    assert rule(bob, one, "failure", flow="check-out", schedule=schedule).status == 422
    assert version.flow.slug == "check-out"


def test_what_fails_in_quarantine_only_is_told_to_nobody(bob: Api, run: Run, version: FlowVersion) -> None:
    one = target(bob)
    for occasion in ("failure", "every_failure", "recovery"):
        rule(bob, one, occasion)
    quarantine(flow=version.flow, step_key="steps/pay", reason="Known.", days=3, by=None, actor="bob")
    run(Status.PASSED)
    run(Status.FAILED)  # at steps/pay
    run(Status.PASSED)
    assert told() == []
    # A failure elsewhere is news, and what was excused before it hides nothing
    run(Status.FAILED)
    real = run(Status.TIMED_OUT)
    run(Status.FAILED)
    better = run(Status.PASSED)
    assert told() == [(real.pk, "failure"), (better.pk, "recovery")]


def test_old_deliveries_go_with_retention(bob: Api, settings: Any) -> None:
    one = target(bob)
    for _ in range(3):
        bob.post(f"/notifications/targets/{one}/test")
    old, waiting, young = Delivery.objects.order_by("id")
    long_ago = timezone.now() - timedelta(days=40)
    Delivery.objects.exclude(pk=young.pk).update(created_at=long_ago)
    Delivery.objects.exclude(pk=waiting.pk).update(status="sent")
    assert (prune_deliveries(), Delivery.objects.count()) == (0, 3)
    settings.RETENTION_DAYS = 30
    assert prune_deliveries() == 1
    assert set(Delivery.objects.values_list("pk", flat=True)) == {waiting.pk, young.pk} != {old.pk}


def test_what_it_says_is_the_masked_record(bob: Api, run: Run) -> None:
    rule(bob, target(bob), "failure")
    execution = run(Status.FAILED)
    (delivery,) = bob.get("/notifications/deliveries").body["items"]
    message = delivery["message"]
    assert (message["flow"], message["execution"]["id"], message["failure"]["step"]) == (
        "check-out",
        execution.pk,
        "steps/pay",
    )
    assert message["failure"]["message"] == "refused with ‹secret:KEY›"
    assert (delivery["status"], delivery["tries"]) == ("pending", 0)


def test_without_a_rule_no_end_is_even_noted(bob: Api, run: Run) -> None:
    made = rule(bob, target(bob), "failure").body["id"]
    assert bob.delete(f"/notifications/rules/{made}").status == 204
    run(Status.FAILED)
    assert (told(), see_to_endings()) == ([], 0)


def test_an_address_goes_in_and_never_comes_out(bob: Api) -> None:
    made = bob.post(
        "/notifications/targets",
        {"name": "hook", "kind": "webhook", "address": "https://hooks.example.org/s3cr3t-part"},
    ).body
    assert made["target"]["hint"] == "https://hooks.example.org/…"
    assert made["signing_key"].startswith("swk_")
    row = Target.objects.get()
    assert (row.address, row.key.decode()) == ("https://hooks.example.org/s3cr3t-part", made["signing_key"])
    assert b"s3cr3t" not in bytes(row.sealed_address)
    assert decrypt(row.sealed_address) == b"https://hooks.example.org/s3cr3t-part"
    assert "s3cr3t" not in str(bob.get("/notifications/targets").body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"address": "ftp://example.org/x"}, "http or https URL"),
        ({"address": "https://"}, "http or https URL"),
        ({"kind": "email", "address": "nobody"}, "no e-mail address"),
        ({"name": " "}, "needs a name"),
    ],
)
def test_what_nothing_can_be_sent_to_is_refused(bob: Api, body: dict[str, Any], said: str) -> None:
    answer = bob.post(
        "/notifications/targets", {"name": "x", "kind": "slack", "address": "https://example.org/"} | body
    )
    assert (answer.status, said in answer.body["detail"]) == (422, True)


def test_tried_and_sent_again(bob: Api) -> None:
    one = target(bob)
    tried = bob.post(f"/notifications/targets/{one}/test").body
    assert (tried["occasion"], tried["status"], "tries the notification target hook" in tried["message"]["text"]) == (
        Occasion.TEST,
        "pending",
        True,
    )
    Delivery.objects.update(status="failed", tries=6, answer="500 Oops")
    assert bob.get("/notifications/deliveries?status=failed").body["items"][0]["answer"] == "500 Oops"
    again = bob.post(f"/notifications/deliveries/{tried['id']}/resend").body
    assert (again["status"], again["tries"], again["answer"]) == ("pending", 0, None)
    assert bob.delete(f"/notifications/targets/{one}").status == 204
    assert not Delivery.objects.exists()


def test_rules_and_targets_can_be_changed(bob: Api, run: Run, version: FlowVersion) -> None:
    one, other = target(bob), target(bob, "other")
    made = rule(bob, one, "recovery").body["id"]
    changed = bob.patch(f"/notifications/rules/{made}", {"occasion": "failure", "flow": "check-out", "target": other})
    assert (changed.status, changed.body["occasion"], changed.body["target_name"]) == (200, "failure", "other")
    assert (changed.body["flow"], changed.body["failures"]) == (version.flow.slug, 3)
    failed = run(Status.FAILED)
    assert (told(), Delivery.objects.get().target_id) == ([(failed.pk, "failure")], other)
    renamed = bob.patch(f"/notifications/targets/{other}", {"name": "chat", "address": "https://chat.example/new"})
    assert (renamed.body["name"], renamed.body["hint"]) == ("chat", "https://chat.example/…")
    assert (Target.objects.get(pk=other).address, Target.objects.get(pk=other).key != b"") == (
        "https://chat.example/new",
        True,
    )
    assert bob.patch(f"/notifications/targets/{other}", {"name": "hook"}).status == 422
    assert bob.patch(f"/notifications/rules/{made}", {"failures": 9}).status == 422
    schedule = bob.post("/schedules", {"name": "nightly", "flow": "check-out", "cron": "@daily"}).body["id"]
    refused = bob.patch(f"/notifications/rules/{made}", {"schedule": schedule})
    assert (refused.status, "null for the other" in refused.body["detail"]) == (422, True)
    assert bob.patch(f"/notifications/rules/{made}", {"schedule": schedule, "flow": None}).body["schedule"] == schedule
    verbs = AuditEntry.objects.filter(verb__in=["rule.edited", "target.edited"]).order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == ["rule.edited", "target.edited", "rule.edited"]
    assert "new" not in str(list(verbs.values_list("details", flat=True)))


def test_who_may_do_what(bob: Api) -> None:
    one = target(bob)
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    mallory = api_of(make_workspace(), Role.ADMIN, "mallory")
    assert charlie.get("/notifications/targets").status == charlie.get("/notifications/rules").status == 200
    assert [rule(who, one, "failure").status for who in (charlie, mallory)] == [403, 404]
    assert [who.post(f"/notifications/targets/{one}/test").status for who in (charlie, mallory)] == [403, 404]
    made = rule(bob, one, "failure").body["id"]
    for address in (f"/notifications/targets/{one}", f"/notifications/rules/{made}"):
        assert [who.patch(address, {}).status for who in (charlie, mallory)] == [403, 404]
    assert [who.delete(f"/notifications/targets/{one}").status for who in (charlie, mallory)] == [403, 404]
    assert mallory.get("/notifications/targets").body["items"] == []
