"""Each number over HTTP, with the executions behind it; nothing of another workspace."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.operations.roll_up import roll_up
from tests.analytics.history import History, history, ids
from tests.cast import Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def past() -> History:
    """Yesterday at noon, so that a few hours are one day."""
    noon = datetime.now(UTC).replace(hour=12, minute=0) - timedelta(days=1)
    return history(at=noon, tag="nightly")


@pytest.fixture
def charlie(past: History) -> Api:
    return api_of(past.workspace, Role.VIEWER)


def get(api: Api, path: str) -> Any:
    answer = api.get(f"/analytics{path}")
    assert answer.status == 200, answer.body
    return answer.body


def found(api: Api, q: str) -> list[int]:
    return [one["id"] for one in api.get(f"/executions?limit=500&q={q.replace(' ', '%20')}").body["items"]]


def test_the_pass_rate_names_the_executions_behind_it(past: History, charlie: Api) -> None:
    made = past.play("PPPPPRFFC")
    past.run("F", e_failure_kind="worker_lost")
    roll_up()
    trend = get(charlie, "/pass-rate?days=7")
    counts = trend["total"]
    assert (counts["n"], counts["judged"], counts["passed"], counts["failed"]) == (10, 8, 6, 2)
    assert (counts["cancelled"], counts["platform"], counts["recovered"]) == (1, 1, 1)
    assert counts["rate"] == 0.75
    assert counts["lo"] < 0.75 < counts["hi"]
    (point,) = trend["points"]
    assert not point["is_thin"]
    assert len(found(charlie, point["q"])) == 10
    assert found(charlie, point["q"] + " status:passed") == ids(made[:6])[::-1]
    for narrowed in ("flow=" + past.version.flow.slug, "environment=staging", "tag=NIGHTLY", "trigger=api"):
        assert get(charlie, f"/pass-rate?{narrowed}")["total"] == counts, narrowed
    for other in ("environment=none", "tag=smoke", "trigger=schedule", "since=2020-01-01&until=2020-02-01"):
        assert get(charlie, f"/pass-rate?{other}")["total"]["n"] == 0, other


def test_hours_are_read_from_the_record(past: History, charlie: Api) -> None:
    # Given runs of this hour and of the one before, of which no sums have been made
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    past.at = now - timedelta(minutes=65)
    past.play("PPF", after=timedelta(minutes=5))
    past.at = now
    past.run("P", after=timedelta(minutes=1), ms=5_000)
    past.at = now - timedelta(hours=30)
    past.run("F")
    # When the last two hours are asked for
    trend = charlie.get("/analytics/pass-rate?hours=2").body
    assert [(one["hour"], one["counts"]["passed"], one["counts"]["judged"]) for one in trend["points"]] == [
        ((now - timedelta(hours=1)).hour, 2, 3), (now.hour, 1, 1),
    ]  # fmt: skip
    assert trend["points"][1]["day"] == f"{now:%Y-%m-%d}"
    assert f"since:{now:%Y-%m-%dT%H:%M} until:{now + timedelta(hours=1):%Y-%m-%dT%H:%M}" in trend["points"][1]["q"]
    # Then durations are by the hour as well, of the flow and of its step, and the tiles compare with the hours before
    flow = past.version.flow.slug
    for path in (f"/durations/flow?flow={flow}", f"/durations/step?flow={flow}&key=steps/one"):
        points = charlie.get(f"/analytics{path}&hours=2").body["points"]
        assert [(one["n"], one["p50"] > 4_000) for one in points] == [(2, False), (1, True)]
    tiles = {one["name"]: one for one in charlie.get("/analytics/tiles?hours=24").body}
    assert (tiles["pass_rate"]["n"], tiles["pass_rate"]["value"], tiles["pass_rate"]["before"]) == (4, 0.75, 0)
    assert charlie.get("/analytics/pass-rate?hours=49").status == 422
    assert charlie.get("/analytics/pass-rate?hours=2&since=2026-03-01").status == 422


def test_few_runs_are_a_thin_point(past: History, charlie: Api) -> None:
    past.play("PPPF")
    roll_up()
    assert get(charlie, "/pass-rate")["points"][0]["is_thin"]


def test_flows_and_environments_stand_beside_each_other(past: History, charlie: Api) -> None:
    past.play("PPPP")
    bad = history(past.workspace, environment="qa", at=past.at)
    bad.play("PFFF")
    roll_up()
    flows = get(charlie, "/pass-rate/flows")
    assert [one["name"] for one in flows] == [bad.version.flow.slug, past.version.flow.slug]
    assert len(found(charlie, flows[0]["q"])) == 4
    environments = get(charlie, "/pass-rate/environments")
    assert [(one["name"], one["counts"]["rate"]) for one in environments] == [("qa", 0.25), ("staging", 1.0)]
    assert len(found(charlie, environments[0]["q"])) == 4


def test_tiles_say_how_it_was_before(past: History, charlie: Api) -> None:
    past.at -= timedelta(days=7)
    past.play("PF")
    past.at += timedelta(days=7)
    past.play("PPPR")
    roll_up()
    tiles = {one["name"]: one for one in get(charlie, "/tiles?days=7")}
    assert (tiles["pass_rate"]["value"], tiles["pass_rate"]["before"], tiles["pass_rate"]["n"]) == (1.0, 0.5, 4)
    assert (tiles["retry_rate"]["value"], tiles["retry_rate"]["before"]) == (0.25, 0)
    assert len(found(charlie, tiles["retry_rate"]["q"])) == 1
    assert tiles["p95"]["value"] == pytest.approx(100, rel=0.05)
    assert set(tiles) == {"pass_rate", "retry_rate", "flaky_rate", "lost_minutes", "p50", "p95"}


def test_durations_know_since_which_run(past: History, charlie: Api) -> None:
    past.at = timezone.now() - timedelta(days=3)
    past.play("P" * 40, ms=300, after=timedelta(minutes=5))
    slower = past.play("P" * 30, ms=900, after=timedelta(minutes=5))
    roll_up()
    (speed,) = get(charlie, "/durations")
    assert speed["n"] == 70
    flow = get(charlie, f"/durations/flow?flow={past.version.flow.slug}")
    (environment,) = flow["environments"]
    (change,) = environment["changes"]
    assert (change["execution"], change["before_ms"], change["after_ms"]) == (slower[0].pk, 300, 900)
    assert environment["is_slower"]
    (step,) = flow["steps"]
    assert (step["key"], step["n"], step["max_ms"]) == ("steps/one", 70, 900)
    of_step = get(charlie, f"/durations/step?flow={past.version.flow.slug}&key=steps/one")
    assert of_step["environments"][0]["changes"][0]["execution"] == slower[0].pk
    assert sum(one["n"] for one in of_step["points"]) == 70
    assert charlie.get("/analytics/durations/flow").status == 422


def test_flaky_steps_are_ranked_with_their_evidence(past: History, charlie: Api) -> None:
    made = past.play("PPPPFPPPRPPP")
    other = history(past.workspace, at=past.at)
    other.play("PFPFPFPRPRPRPPP", after=timedelta(minutes=1))
    steady = history(past.workspace, at=past.at)
    steady.play("P" * 12)
    roll_up()
    first, second = get(charlie, "/flaky-steps")
    assert [first["flow"], second["flow"]] == [other.version.flow.slug, past.version.flow.slug]
    assert second["evidence"] == [made[8].pk, made[4].pk]
    assert [cell["result"] for cell in second["strip"]][4:9] == ["failed", "passed", "passed", "passed", "recovered"]
    assert [cell["execution"] for cell in second["strip"]] == ids(made)
    assert (second["recoveries"], second["episodes"], second["n"]) == (1, 1, 12)
    assert first["disturbed_per_day"] > second["disturbed_per_day"]
    assert len(get(charlie, "/flaky-steps?health=flaky,stable&order=lost")) == 3
    wrong = charlie.get("/analytics/flaky-steps?health=falky")
    assert (wrong.status, "The nearest is flaky." in wrong.body["detail"]) == (422, True)


def test_incidents_have_a_lane_of_their_own(past: History, charlie: Api) -> None:
    flows = [past, *(history(past.workspace, at=past.at) for _ in range(2))]
    failed = [one.run("F", service="db:5432") for one in flows]
    roll_up()
    (incident,) = get(charlie, "/incidents")
    assert incident["executions"] == sorted(ids(failed))
    assert (incident["services"], len(incident["flows"])) == (["db:5432"], 3)
    assert sorted(found(charlie, incident["q"])) == sorted(ids(failed))
    assert get(charlie, "/incidents?environment=none") == []


def test_groups_of_failures_page_by_page(past: History, charlie: Api) -> None:
    for code in ("a", "b", "c", "d", "e"):
        past.run("F", failure_kind="timeout", failure_code=code)
    roll_up()
    seen, cursor = [], ""
    while True:
        page = get(charlie, f"/failures?limit=2&cursor={cursor}")
        seen += [one["sub"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == ["e", "d", "c", "b", "a"]
    assert get(charlie, "/failures?recurring=true")["items"] == []
    assert page["items"][0]["trend"][-2:] == [1, 0]


def test_a_group_is_told_about_and_watched(past: History, charlie: Api) -> None:
    last = past.play("FF")[-1]
    elsewhere = history(past.workspace, at=past.at)
    elsewhere.run("F")
    roll_up()
    group = get(charlie, f"/failures?flow={past.version.flow.slug}")["items"][0]
    assert (group["count"], group["flows"], group["state"]) == (2, 2, "open")
    path = f"/failures/{group['fingerprint']}"
    detail = get(charlie, path)
    assert detail["occurrences"][0]["execution"] == last.pk
    assert [one["flow"] for one in detail["elsewhere"]] == [elsewhere.version.flow.slug]
    bob = api_of(past.workspace, Role.EDITOR)
    body = {"state": "resolved", "category": "timing", "note": "Slow since Monday."}
    assert charlie._call("PATCH", f"/analytics{path}", body, {}).status == 403
    changed = bob._call("PATCH", f"/analytics{path}", body, {}).body
    assert (changed["state"], changed["category"], changed["note"]) == ("resolved", "timing", "Slow since Monday.")
    assert changed["changed_by"].startswith(bob.user.username)
    assert get(charlie, "/failures?state=open")["items"] != get(charlie, "/failures")["items"]
    assert bob._call("PATCH", f"/analytics{path}", {"state": "gone"}, {}).status == 422
    assert AuditEntry.objects.filter(verb="failure_group.changed", target=group["fingerprint"]).exists()


def test_answers_come_as_csv(past: History, charlie: Api) -> None:
    past.play("PPPPFPPPRPPP")
    roll_up()
    for path in ("pass-rate", "pass-rate/flows", "pass-rate/environments", "durations", "flaky-steps", "failures"):
        raw = charlie._client.get(
            f"/api/v1/analytics/{path}?format=csv", headers={"Authorization": f"Bearer {charlie.secret}"}
        )
        assert raw["Content-Type"].startswith("text/csv"), path
        heading, *lines = raw.content.decode().splitlines()
        assert len(lines) >= 1
        assert "," in heading
    trend = charlie._client.get(
        "/api/v1/analytics/pass-rate?format=csv", headers={"Authorization": f"Bearer {charlie.secret}"}
    )
    columns = trend.content.decode().splitlines()[0].split(",")
    assert columns[:4] == ["day", "hour", "counts.n", "counts.passed"]


PATHS = (
    "/tiles", "/pass-rate", "/pass-rate/flows", "/pass-rate/environments", "/durations",
    "/flaky-steps?health=flaky,suspect,insufficient",
    "/incidents", "/failures",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_another_workspace_is_told(past: History, path: str) -> None:
    past.play("PFPFPRPPPFFF", service="db")
    roll_up()
    empty = api_of(make_workspace("empty"), Role.ADMIN)
    body = get(empty, path)
    text = repr(body)
    assert past.version.flow.slug not in text
    assert "staging" not in text
    assert empty.get(f"/analytics/pass-rate?flow={past.version.flow.slug}").status == 404
    assert empty.get("/analytics/pass-rate?environment=staging").status == 404


def test_a_group_of_another_workspace_is_not_there(past: History, charlie: Api) -> None:
    past.run("F")
    roll_up()
    fingerprint = get(charlie, "/failures")["items"][0]["fingerprint"]
    mallory = api_of(make_workspace("other"), Role.ADMIN)
    assert mallory.get(f"/analytics/failures/{fingerprint}").status == 404
    assert mallory._call("PATCH", f"/analytics/failures/{fingerprint}", {"state": "muted"}, {}).status == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2026-02-01&until=2026-01-01", "is after"),
        ("since=2020-01-01&until=2026-01-01", "400 is the most"),
        ("trigger=shedule", "The nearest is schedule."),
        ("days=0", "days"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_why(charlie: Api, query: str, words: str) -> None:
    answer = charlie.get(f"/analytics/pass-rate?{query}")
    assert (answer.status, words in answer.body["detail"]) == (422, True)
