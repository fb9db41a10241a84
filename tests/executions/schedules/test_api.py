"""Schedules over HTTP."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from executions.models import Execution
from executions.schedules.models import ScheduleSlot, SlotStatus
from flows.models import Schedule
from tests.cast import Answer, Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
TEXT = """
flow:
  name: Check out
  env: {RETRIES: 3}
  steps:
    - {id: one, action: log, config: {message: hello}}
"""


@pytest.fixture
def bob() -> Api:
    bob = api_of(make_workspace(), Role.EDITOR, "bob")
    bob.post("/flows", {"text": TEXT})
    bob.put(
        "/environments/staging", {"variables": {"API_URL": "http://127.0.0.1"}, "secrets": {"KEY": "hunter22secret"}}
    )
    return bob


def create(bob: Api, **body: Any) -> Answer:
    return bob.post("/schedules", {"name": "nightly", "flow": "check-out", "cron": "30 6 * * MON-FRI"} | body)


def test_made_read_listed(bob: Api) -> None:
    made = create(
        bob,
        timezone="Europe/Berlin",
        environment="staging",
        text_variables={"RETRIES": "5"},
        labels={"team": "shop"},
        misfire="once",
        overlap="queue",
    )
    assert made.status == 201
    body = made.body
    assert body["in_words"] == "At 06:30 on Monday through Friday, Europe/Berlin time"
    assert (body["flow"], body["environment"], body["misfire"], body["overlap"]) == (
        "check-out",
        "staging",
        "once",
        "queue",
    )
    assert len(body["next_runs"]) == 5
    first = body["next_runs"][0]
    assert datetime.fromisoformat(first["local"]).strftime("%H:%M") == "06:30"
    assert datetime.fromisoformat(first["local"]) == datetime.fromisoformat(first["at"])
    read = bob.get(f"/schedules/{body['id']}")
    assert (read.body["name"], read.raw["ETag"]) == ("nightly", made.raw["ETag"])
    create(bob, name="another", cron="@hourly")
    assert [one["name"] for one in bob.get("/schedules").body["items"]] == ["another", "nightly"]
    page = bob.get("/schedules?limit=1")
    assert (page.body["next"], len(page.body["items"])) == ("another", 1)
    assert [one["name"] for one in bob.get("/schedules?limit=1&cursor=another").body["items"]] == ["nightly"]
    assert [one["name"] for one in bob.get("/schedules?name=nightly&flow=check-out").body["items"]] == ["nightly"]
    assert [one["name"] for one in bob.get("/schedules?environment=staging").body["items"]] == ["nightly"]
    assert AuditEntry.objects.filter(verb="schedule.created", target="nightly").count() == 1


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"cron": "61 * * * *"}, 422, "minute of the cron line cannot be '61'"),
        ({"cron": None}, 422, "needs a cron line"),
        ({"interval_seconds": 60}, 422, "not both"),
        ({"timezone": "Europe/Berlim"}, 422, "no time zone 'Europe/Berlim'"),
        ({"flow": "chek-out"}, 404, "'check-out'"),
        ({"environment": "stagin"}, 404, "'staging'"),
        ({"text_variables": {"RETRIES": "many"}}, 422, "RETRIES"),
        ({"variables": {"PASSWORD": "x1y2z3w4"}}, 422, "PASSWORD is a secret"),
        (
            {"environment": "staging", "variables": {"LINK": "?key=hunter22secret"}},
            422,
            "LINK is a secret, or holds one",
        ),
        ({"overlap": "sometimes"}, 422, "overlap"),
        ({"name": "  "}, 422, "needs a name"),
        ({"cron": None, "interval_seconds": 60, "jitter_seconds": 60}, 422, "less than the interval"),
    ],
)
def test_what_could_never_run_is_refused(bob: Api, body: dict[str, Any], status: int, said: str) -> None:
    answer = create(bob, **body)
    assert (answer.status, said in answer.body["detail"]) == (status, True), answer.body
    assert not Schedule.objects.exists()


def test_a_name_is_taken_once(bob: Api) -> None:
    create(bob)
    again = create(bob)
    assert (again.status, again.body["detail"]) == (422, "There is a schedule 'nightly' in this workspace already.")


def test_nobody_overwrites_an_edit_they_have_not_seen(bob: Api) -> None:
    made = create(bob)
    path, seen = f"/schedules/{made.body['id']}", made.raw["ETag"]
    edited = bob.patch(path, {"cron": "0 7 * * *", "environment": "staging"}, If_Match=seen)
    assert (edited.status, edited.body["cron"], edited.body["environment"]) == (200, "0 7 * * *", "staging")
    assert edited.body["in_words"] == "At 07:00 every day, UTC time"
    late = bob.patch(path, {"cron": "0 8 * * *"}, If_Match=seen)
    assert (late.status, "changed meanwhile" in late.body["detail"]) == (412, True)
    assert bob.patch(path, {"cron": "0 8 * * *"}).status == 428
    assert bob.patch(path, {"name": "x"}, If_Match='"nonsense"').status == 412
    both = bob.patch(path, {"environment": None, "interval_seconds": 90}, If_Match="*")
    assert (both.body["environment"], both.body["cron"], both.body["in_words"]) == (None, None, "Every 90 seconds")


def test_paused_with_a_note_and_resumed(bob: Api) -> None:
    path = f"/schedules/{create(bob).body['id']}"
    paused = bob.post(f"{path}/pause", {"note": "the shop moves"}).body
    assert (paused["is_paused"], paused["pause_note"], paused["paused_by"]) == (
        True,
        "the shop moves",
        f"{bob.user} (token test)",
    )
    assert len(paused["next_runs"]) == 5  # as if it were not
    assert Schedule.objects.get().next_run_at is None
    resumed = bob.post(f"{path}/resume").body
    assert (resumed["is_paused"], resumed["pause_note"]) == (False, None)
    assert Schedule.objects.get().next_run_at is not None


def test_run_by_hand_it_is_a_slot_and_an_execution_of_the_caller(bob: Api) -> None:
    path = f"/schedules/{create(bob, environment='staging').body['id']}"
    bob.post(f"{path}/pause")
    started = bob.post(f"{path}/run", {"trigger": "cli"})
    assert started.status == 201
    assert (started.body["trigger"], started.body["actor"]) == ("cli", f"{bob.user} (token test)")
    (slot,) = bob.get(f"{path}/slots").body["items"]
    assert (slot["is_manual"], slot["status"], slot["execution"]["id"]) == (True, "started", started.body["id"])
    assert bob.get(f"/executions/{started.body['id']}").body["execution"]["slot"]["slot_at"] == slot["slot_at"]
    bob.post(f"{path}/run")
    page = bob.get(f"{path}/slots?limit=1").body
    assert [one["id"] for one in bob.get(f"{path}/slots?cursor={page['next']}").body["items"]] == [slot["id"]]


def test_run_by_hand_what_cannot_start_says_why_and_is_recorded(bob: Api) -> None:
    path = f"/schedules/{create(bob, environment='staging').body['id']}"
    Schedule.objects.update(environment=None)
    refused = bob.post(f"{path}/run")
    assert (refused.status, "'staging' has been deleted" in refused.body["detail"]) == (422, True)
    assert ScheduleSlot.objects.get().status == SlotStatus.FAILED
    assert bob.get(path).body["trouble"] == "The environment 'staging' has been deleted."


def test_deleted_its_executions_stay(bob: Api) -> None:
    path = f"/schedules/{create(bob).body['id']}"
    bob.post(f"{path}/run")
    assert bob.delete(path).status == 204
    assert bob.get(path).status == 404
    assert Execution.objects.get().slot is None


def test_a_preview_of_what_is_not_saved(bob: Api) -> None:
    seen = bob.post("/schedules/preview", {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}).body
    assert (seen["in_words"], len(seen["next_runs"])) == ("At 02:30 every day, Europe/Berlin time", 5)
    assert bob.post("/schedules/preview", {"interval_seconds": 60}).body["in_words"] == "Every minute"
    assert bob.post("/schedules/preview", {"cron": "x"}).status == 422


def test_who_may_do_what(bob: Api) -> None:
    schedule = create(bob).body["id"]
    path = f"/schedules/{schedule}"
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    mallory = api_of(make_workspace(), Role.ADMIN, "mallory")
    assert charlie.get(path).status == charlie.get(f"{path}/slots").status == 200
    assert charlie.post("/schedules/preview", {"cron": "@daily"}).status == 200
    writes: list[Callable[[Api], Answer]] = [
        lambda who: who.post(f"{path}/pause"),
        lambda who: who.post(f"{path}/resume"),
        lambda who: who.post(f"{path}/run"),
        lambda who: who.patch(path, {"name": "x"}, If_Match="*"),
        lambda who: who.delete(path),
    ]
    assert [write(charlie).status for write in writes] == [403] * 5
    assert create(charlie, name="x").status == 403
    assert [write(mallory).status for write in writes] == [404] * 5
    assert mallory.get(path).status == mallory.get(f"{path}/slots").status == 404
    assert mallory.get("/schedules").body["items"] == []
    assert create(mallory, name="x").status == 404
