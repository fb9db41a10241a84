"""Each number of the analytics opens a list of exactly as many executions: on a made-up history of every kind."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.utils import timezone

from analytics.operations.roll_up import roll_up
from analytics.operations.seed_history import seed_history
from executions.models import Execution
from tests.cast import Api, api_of
from workspaces.models import Role

pytestmark = pytest.mark.django_db

Claim = tuple[str, str, int]  # what says so, its search, how many


def test_every_number_has_its_list() -> None:
    # Given a history with flaky steps, an outage, recurring failures, cancelled runs and lost workers
    made = seed_history(workspace="past", executions=600, days=16, flow_count=10, until=timezone.now(), seed=3)
    lost = Execution.objects.filter(workspace=made.workspace, status="failed").order_by("-pk")[:2]
    Execution.objects.filter(pk__in=[one.pk for one in lost]).update(failure_kind="worker_lost")
    roll_up()
    charlie = api_of(made.workspace, Role.VIEWER)
    # When all numbers are asked for, of everything and of a part
    claims = [claim for part in ("", "&environment=staging&tag=shop&trigger=schedule") for claim in told(charlie, part)]
    assert {"tile lost_minutes", "flaky", "flows", "point", "group", "left out", "duration"} <= {
        name for name, _, _ in claims
    }
    claims += told_of_calls(charlie)
    # (And of the last hours, which are read from the record)
    hours = [claim for part in ("", "&environment=staging") for claim in told(charlie, part, "hours=48")]
    assert {"tile pass_rate", "point", "flows", "duration"} <= {name for name, _, _ in hours}
    claims += hours
    # Then the list behind each has as many
    wrong = [claim for claim in claims if total(charlie, claim[1]) != claim[2]]
    assert wrong == []


def told(api: Api, part: str, time: str = "days=20") -> Iterator[Claim]:
    part = f"&{time}{part}"
    yield from told_of_rates(api, part)
    yield from told_of_durations(api, part)
    yield from told_of_failures(api, part)


def told_of_rates(api: Api, part: str) -> Iterator[Claim]:
    for tile in get(api, f"/tiles?{part}"):
        yield f"tile {tile['name']}", tile["q"], tile["executions"]
    trend = get(api, f"/pass-rate?{part}")
    yield "left out", f"{trend['q']} status:cancelled", trend["total"]["cancelled"]
    yield "platform", f"{trend['q']} status:failed kind:worker_lost", trend["total"]["platform"]
    for point in trend["points"]:
        counts = point["counts"]
        yield "point", f"{point['q']} judged", counts["judged"]
        yield "point failed", f"{point['q']} judged status:failed,timed_out", counts["failed"] + counts["timed_out"]
        yield "point left out", f"{point['q']} status:cancelled,failed -judged", counts["n"] - counts["judged"]
    for kind in ("flows", "environments"):
        for one in get(api, f"/pass-rate/{kind}?{part}"):
            yield kind, f"{one['q']} judged", one["counts"]["judged"]


def told_of_durations(api: Api, part: str) -> Iterator[Claim]:
    for speed in get(api, f"/durations?{part}"):
        yield "speed", speed["q"], speed["n"]
    if "tag" in part:
        return
    # Of one flow, whose steps are in no loop.
    whole = get(api, f"/durations/flow?flow=sign-up{part}")
    step = get(api, f"/durations/step?flow=sign-up&key=steps/register{part}")
    for one in (*whole["points"], *whole["steps"], *step["points"]):
        yield "duration", one["q"], one["n"]


def told_of_calls(api: Api) -> Iterator[Claim]:
    """Of one flow, whose steps call each endpoint once."""
    for call in get(api, "/coverage?days=20&flow=sign-up")["inventory"]:
        if call["n"] and call["operation"] != "DELETE":
            yield "called", call["q"], call["n"]


def told_of_failures(api: Api, part: str) -> Iterator[Claim]:
    for step in get(api, f"/flaky-steps?health=flaky,suspect,failing{part}"):
        yield "flaky", step["q"], step["disturbed"]
        yield "scored", step["q_scored"], step["n"]
    for group in get(api, f"/failures?limit=200{part}")["items"]:
        yield "group", f"failure:{group['fingerprint']}", group["count"]
        for day in get(api, f"/failures/{group['fingerprint']}")["days"]:
            yield "group on a day", day["q"], day["n"]
    for incident in get(api, f"/incidents?{part}"):
        yield "incident", incident["q"], len(incident["executions"])


def get(api: Api, path: str):  # type: ignore[no-untyped-def]  # whatever it answers
    answer = api.get(f"/analytics{path}")
    assert answer.status == 200, answer.body
    return answer.body


def total(api: Api, q: str) -> int:
    answer = api.get(f"/executions/histogram?buckets=1&q={quote(q)}")
    assert answer.status == 200, (q, answer.body)
    assert not answer.body["is_capped"]
    return int(answer.body["total"])
