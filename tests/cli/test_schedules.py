"""`stepwell schedules`, against a server that answers as told."""

from typing import Any

from tests.cli.conftest import Stepwell
from tests.cli.scripted_server import Answer, Asked, ScriptedServer

SCHEDULE: dict[str, Any] = {
    "id": 7, "name": "nightly", "description": "", "flow": "check-out", "environment": "staging", "revision": 3,
    "cron": "30 2 * * *", "in_words": "At 02:30 every day, Europe/Berlin time", "misfire": "skip", "overlap": "queue",
    "jitter_seconds": 30, "is_paused": False, "variables": {"LIMIT": 3}, "text_variables": {}, "last_slots": [],
    "next_runs": [{"at": "2026-03-29T01:00:00Z", "note": "after_gap"}],
}  # fmt: skip


def by_name(asked: Asked, schedule: dict[str, Any] = SCHEDULE) -> Answer:
    """As the server would: none of another name."""
    is_other = "name=" in asked.path and "name=nightly" not in asked.path
    return Answer(200, {"items": [] if is_other else [schedule], "next": None})


def test_made_with_everything(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("POST /schedules", Answer(201, SCHEDULE))
    done = stepwell(
        "schedules", "create", "nightly", "--flow", "check-out", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin",
        "--env", "staging", "--var", "LIMIT:=3", "--label", "team=shop", "--overlap", "queue", "--jitter", "30s",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "At 02:30 every day, Europe/Berlin time" in done.stdout
    assert "the clocks have just gone forward" in done.stdout
    (asked,) = server.asked
    assert asked.body == {
        "name": "nightly", "flow": "check-out", "cron": "30 2 * * *", "timezone": "Europe/Berlin",
        "environment": "staging", "overlap": "queue", "jitter_seconds": 30, "labels": {"team": "shop"},
        "variables": {"LIMIT": 3}, "text_variables": {},
    }  # fmt: skip


def test_an_edit_says_what_it_has_seen(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /schedules", Answer(200, {"items": [SCHEDULE], "next": None}))
    server.on("PATCH /schedules/7", Answer(200, SCHEDULE))
    done = stepwell("schedules", "edit", "nightly", "--every", "15m", "--env", "")
    assert done.returncode == 0, done.stderr
    asked = server.asked[-1]
    assert (asked.headers["If-Match"], asked.body) == ('"r3"', {"interval_seconds": 900, "environment": None})


def test_the_list_and_the_slots(stepwell: Stepwell, server: ScriptedServer) -> None:
    slot = {"id": 1, "slot_at": "2026-03-29T01:00:00Z", "last_slot_at": "2026-03-29T02:00:00Z", "count": 60}
    missed = slot | {"status": "skipped", "reason": "Missed: nobody was there.", "execution": None}
    ran = {"id": 2, "slot_at": "2026-03-29T03:00:00Z", "status": "started", "execution": {"id": 9, "status": "failed"}}
    server.on("GET /schedules", lambda asked: by_name(asked, SCHEDULE | {"last_slots": [ran]}))
    server.on("GET /schedules/7/slots", Answer(200, {"items": [ran, missed], "next": None}))
    listed, slots = stepwell("schedules", "list"), stepwell("schedules", "slots", "7")
    assert "failed" in listed.stdout
    assert "30 2 * * *" in listed.stdout
    assert "(60)" in slots.stdout
    assert "Missed: nobody was there." in slots.stdout


def test_deleted_and_a_wrong_name(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /schedules", by_name)
    server.on("DELETE /schedules/7", Answer(204, raw=b""))
    assert stepwell("schedules", "delete", "nightly").stdout.strip() == "The schedule nightly is deleted."
    wrong = stepwell("schedules", "pause", "17")
    assert (wrong.returncode, "There is no schedule '17'." in wrong.stderr) == (2, True)
