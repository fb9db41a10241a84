"""What each word of a search finds, page by page; and that a search through a long history comes back in time."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from executions import finding, histogram
from executions.errors import SearchInvalid
from executions.finding import finder_for
from executions.histogram import histogram_of
from executions.listing import rows_of
from executions.lookup import executions_of
from executions.models import Execution, StepRun
from executions.schemas import ExecutionOut
from executions.search import parse_search
from executions.status import Status
from executions.waiting import waiting_for
from flows.models import FlowVersion, Quarantine
from flows.operations.save_flow import save_flow
from tests.cast import api_of, make_workspace
from workspaces.models import Role, Workspace

pytestmark = pytest.mark.django_db
Make = Callable[..., Execution]
FLOW = "flow: {{name: {name}, tags: [{tag}], steps: [{{id: one, action: log, config: {{message: hello}}}}]}}"


@pytest.fixture
def workspace(flow_version: FlowVersion) -> Workspace:
    return flow_version.flow.workspace


def ended(make_execution: Make, status: str, seconds: float = 1, **changes: Any) -> Execution:
    now = timezone.now()
    return make_execution(
        status=status, outcome=status, started_at=now - timedelta(seconds=seconds), finished_at=now, **changes
    )


def found(workspace: Workspace, text: str) -> list[int]:
    ids, following, _ = finder_for(workspace, parse_search(text, now=timezone.now())).page(100, None)
    assert following is None
    return ids


def test_each_word_finds_its_own_and_turned_around_the_others(make_execution: Make, workspace: Workspace) -> None:
    other = save_flow(workspace=workspace, text=FLOW.format(name="Check out", tag="smoke"), by=None).version
    failing: dict[str, Any] = {
        "failed_step_path": "steps/each_user[2]/pay",
        "failure_kind": "timeout",
        "failure_code": "read",
        "failure_message": "It timed out: 100% of 5_s.",
    }
    plain = ended(make_execution, Status.PASSED).pk
    failed = ended(make_execution, Status.FAILED, **failing).pk
    of_other = ended(make_execution, Status.PASSED, flow=other.flow, flow_version=other, flow_name="Check out").pk
    staging = make_execution(environment_name="staging", trigger="schedule", actor="nightly").pk
    labelled = make_execution(labels={"commit": "abc", "branch": "main"}, actor="anna (token ci)").pk
    retried = ended(make_execution, Status.PASSED, retry_count=2, recovered_count=1).pk
    rerun = ended(make_execution, Status.PASSED, rerun_of_id=failed, family=failed).pk
    everything = [rerun, retried, labelled, staging, of_other, failed, plain]
    for text, wanted in {
        "": everything,
        "status:failed": [failed],
        "status:failed,queued": [labelled, staging, failed],
        "flow:check-out": [of_other],
        'flow:"check out"': [of_other],
        "flow:check*": [of_other],
        "tag:smoke": [of_other],
        "env:staging": [staging],
        "trigger:schedule": [staging],
        "trigger:rerun": [rerun],
        "trigger:rerun,schedule": [rerun, staging],
        "user:anna": [labelled],
        "user:ann": [],
        "step:pay": [failed],
        "step:steps/each_user[2]/pay": [failed],
        "step:ay": [],
        'error:"timed out"': [failed],
        "error:100%": [failed],
        "error:5_s": [failed],
        "error:5xs": [],
        "error:timeout": [failed],
        "label.commit:abc": [labelled],
        "label.commit:ABC": [],
        "label.branch:*": [labelled],
        "had:retries": [retried],
        "had:recovered,retries": [retried],
        f"#{failed}": [failed],
        "nightly": [staging],
        '"check out"': [of_other],
    }.items():
        assert found(workspace, text) == wanted, text
        if text:
            assert found(workspace, f"-{text}") == [one for one in everything if one not in wanted], f"-{text}"
    assert found(workspace, "status:failed error:read step:pay since:1h") == [failed]
    assert found(workspace, "status:failed until:1h") == []
    with pytest.raises(SearchInvalid, match=r"The nearest is flow:check-out\."):
        finder_for(workspace, parse_search("flow:chek-out", now=timezone.now()))


@pytest.mark.parametrize("most", [1, 500])
def test_somebody_is_found_by_any_name_they_are_recorded_by(
    make_execution: Make, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    # Whether there are few names, which are told apart first, or too many
    monkeypatch.setattr(finding, "MOST_ACTORS", most)
    make_execution(actor="Annabel")
    own, by_token = make_execution(actor="Anna").pk, make_execution(actor="anna (token ci)").pk
    assert found(workspace, "user:anna") == [by_token, own]
    assert found(workspace, "user:ANNA user:anna,bob") == [by_token, own]
    assert len(found(workspace, "-user:anna")) == 1
    assert found(workspace, "user:nobody") == []
    assert len(found(workspace, "-user:nobody")) == 3


def test_unresolved_is_failed_with_no_success_since_in_its_family(make_execution: Make, workspace: Workspace) -> None:
    resolved = ended(make_execution, Status.FAILED)
    ended(make_execution, Status.PASSED, rerun_of=resolved, family=resolved.pk)
    open_one = ended(make_execution, Status.TIMED_OUT)
    again = ended(make_execution, Status.FAILED, rerun_of=open_one, family=open_one.pk)
    assert found(workspace, "unresolved") == [again.pk, open_one.pk]


def test_the_first_failure_is_the_one_after_green(make_execution: Make, workspace: Workspace) -> None:
    ended(make_execution, Status.PASSED)
    first = ended(make_execution, Status.FAILED)
    ended(make_execution, Status.FAILED)
    ended(make_execution, Status.FAILED, environment_name="staging")  # nothing went before it there
    assert found(workspace, "first:failure") == [first.pk]


def test_slow_is_measured_by_what_is_usual(make_execution: Make, workspace: Workspace) -> None:
    for _ in range(5):
        ended(make_execution, Status.PASSED, seconds=1)
    slow = ended(make_execution, Status.PASSED, seconds=4)
    assert found(workspace, "slow") == [slow.pk]
    assert found(workspace, f"slow flow:{slow.flow.slug} env:none") == [slow.pk]  # whatever else names a column
    assert found(workspace, "slow:5x") == []
    assert found(workspace, "slow -slow:5x") == [slow.pk]
    assert rows_of(workspace, [slow.pk])[0]["usual_ms"] == pytest.approx(1000, abs=50)


def test_a_row_has_its_strip(make_execution: Make, workspace: Workspace) -> None:
    execution = make_execution()
    step: dict[str, Any] = {
        "execution": execution, "flow": execution.flow, "flow_version": execution.flow_version, "position": 0,
        "section": "steps", "action": "log", "finished_at": timezone.now(),
    }  # fmt: skip
    cells: list[dict[str, Any]] = [
        {"status": "passed"}, {"status": "passed", "recovered": True}, {"status": "failed", "soft": True},
    ]  # fmt: skip
    for at, changes in enumerate(cells):
        StepRun.objects.create(**step | changes, path=f"steps/s{at}", key=f"s{at}", step_id=f"s{at}")
    parent = StepRun.objects.get(path="steps/s0")
    StepRun.objects.create(**step, status="failed", path="steps/s0/x", key="x", step_id="x", parent=parent)
    assert rows_of(workspace, [execution.pk])[0]["strip"] == ["passed", "recovered", "soft_failed"]
    assert rows_of(make_workspace("other"), [execution.pk]) == []


def test_a_row_says_the_same_as_the_execution_alone(make_execution: Make, workspace: Workspace) -> None:
    # Given executions of every kind: they are written by hand for a list, and by their schema alone
    failure: dict[str, Any] = {"failed_step_path": "steps/one", "failure_kind": "timeout", "failure_code": "read"}
    make_execution()
    make_execution(waits_for="flow", labels={"commit": 'a"b'}, environment_name="staging")
    make_execution(worker_group="nobodys", cancel_requested_at=timezone.now(), cancel_requested_by="anna")
    failed = ended(make_execution, Status.FAILED, failure_message="No.\nNo.", failed_count=1, **failure)
    ended(make_execution, Status.PASSED, seconds=2.0004, rerun_of=failed, family=failed.pk, rerun_mode="from_step")
    Quarantine.objects.create(
        flow=failed.flow, reason="Known.", created_by="dora", expires_at=timezone.now() + timedelta(days=1),
        created_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    alone = list(executions_of(workspace))
    waiting = waiting_for(alone)
    wanted = [ExecutionOut.of(one, waiting.get(one.pk)).model_dump(mode="json") for one in alone]
    rows = rows_of(workspace, [one.pk for one in alone])
    assert [{name: row[name] for name in ExecutionOut.model_fields} for row in rows] == wanted
    assert {row["quarantined"] for row in rows} == {None, "Known."}
    assert {row["waiting_for"]["kind"] for row in rows if row["waiting_for"]} == {"worker", "workspace_limit"}


def test_a_search_goes_on_where_its_window_ended(
    make_execution: Make, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE_WINDOW", 5)
    rare = make_execution(actor="anna")
    for _ in range(12):
        make_execution()
    finder = finder_for(workspace, parse_search("anna", now=timezone.now()))
    pages, ids, cursor = 0, [], None
    while pages == 0 or cursor is not None:
        some, cursor, searched_to = finder.page(10, cursor)
        assert (searched_to is None) == (cursor is None)
        ids += some
        pages += 1
    assert ids == [rare.pk]
    assert pages == 3


def test_the_histogram_counts_by_time_and_status(make_execution: Make, workspace: Workspace) -> None:
    now = timezone.now()
    for hours in (1, 1, 5):
        make_execution(queued_at=now - timedelta(hours=hours))
    ended(make_execution, Status.FAILED, queued_at=now - timedelta(hours=5))
    shown = histogram_of(finder_for(workspace, parse_search("since:24h", now=now)), buckets=24, now=now)
    assert shown.bucket_seconds == 3600
    assert (shown.counts, shown.total, shown.is_capped) == ({"queued": 3, "failed": 1}, 4, False)
    assert [one.counts for one in shown.buckets if one.counts] == [{"queued": 1, "failed": 1}, {"queued": 2}]
    assert all((b.at - a.at).total_seconds() == 3600 for a, b in pairwise(shown.buckets))
    assert len(shown.buckets) in {24, 25}


def test_the_histogram_says_when_it_did_not_count_all(
    make_execution: Make, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histogram, "COUNT_WINDOW", 3)
    for _ in range(5):
        make_execution()
    shown = histogram_of(finder_for(workspace, parse_search("", now=timezone.now())), buckets=10, now=timezone.now())
    assert (shown.total, shown.is_capped) == (3, True)


def test_an_empty_workspace_has_an_empty_histogram(db: None) -> None:
    charlie = api_of(make_workspace(), Role.VIEWER)
    answer = charlie.get("/executions/histogram?q=status:failed")
    assert (answer.status, answer.body["total"], answer.body["counts"]) == (200, 0, {})
    wrong = charlie.get("/executions?q=stauts:failed")
    assert (wrong.status, wrong.body["type"]) == (422, "urn:stepwell:problem:search_invalid")
    assert "The nearest is status." in wrong.body["detail"]


@pytest.fixture
def long_history(make_execution: Make, workspace: Workspace) -> Workspace:
    """Thirty thousand executions, and what PostgreSQL needs to know about them."""
    one = ended(make_execution, Status.PASSED)
    columns = ", ".join(str(f.column) for f in Execution._meta.concrete_fields if f.name not in {"id", "queued_at"})
    with connection.cursor() as db:
        db.execute(
            f"""INSERT INTO executions_execution ({columns}, queued_at)
                SELECT {columns}, now() - make_interval(secs => 30000 - n)
                  FROM executions_execution, generate_series(1, 30000) n WHERE id = %s""",
            [one.pk],
        )
        db.execute("ANALYZE executions_execution")
    return workspace


@pytest.mark.parametrize(
    "text",
    ["user:nobody", "error:nothing", "nothing", "label.commit:none", "slow", "until:8h", "status:running,queued"],
)
def test_no_search_looks_through_all_of_a_long_history(long_history: Workspace, text: str) -> None:
    finder = finder_for(long_history, parse_search(text, now=timezone.now()))
    window = finder.window(finding.PAGE_WINDOW)
    found_sql = finder.found(window)
    with connection.cursor() as db:
        db.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT e.id {found_sql.sql} LIMIT 101", found_sql.params)
        plan = db.fetchone()[0][0]["Plan"]
    assert _rows_read(plan) <= 4 * finding.PAGE_WINDOW, plan


def _rows_read(plan: dict[str, Any]) -> int:
    below = sum(_rows_read(one) for one in plan.get("Plans", []))
    if "Relation Name" not in plan:
        return below
    return below + int((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
