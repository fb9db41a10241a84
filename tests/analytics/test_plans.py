"""No question and no roll-up reads its way through the history: each statement has an index for what it wants of it.

On a small database PostgreSQL reads small tables whole, and rightly so. Here it is told not to where it can help it: a
sequential scan that is left has no index to be replaced by.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import connection
from django.utils import timezone

from analytics.models import FailureGroup, RollupState
from analytics.operations.rebuild import rebuild
from analytics.operations.roll_up import roll_up
from executions import database
from tests.analytics.history import History, history
from tests.cast import Api, api_of
from workspaces.models import Role

pytestmark = pytest.mark.django_db

HISTORY: Final = "executions_execution|executions_steprun|executions_attempt|executions_payload"
SCANNED: Final = re.compile(rf"Seq Scan on (?:{HISTORY})\w*")
SCOPE: Final = "days=90&flow={flow}&environment=staging"
QUESTIONS: Final = (
    "tiles", "pass-rate", "pass-rate/flows", "pass-rate/environments", "durations", "durations/flow",
    "durations/step?key=steps/one", "flaky-steps", "incidents", "coverage", "failures", "failures/{group}",
)  # fmt: skip
SEARCHES: Final = (
    "", "status:failed", "flow:{flow}", "env:staging", "trigger:api", "since:30d until:2d", "error:failed", "step:one",
    "-tag:smoke", "had:retries", "unresolved", "first:failure", "slow", "user:alice", "label.commit:a",
    "passed:steps/one", "disturbed:*", "failure:{group}", "incident",
)  # fmt: skip


@pytest.fixture
def past() -> History:
    made = history(at=timezone.now() - timedelta(days=3))
    made.play("PPPFPRPPPFPPP", protocol="http", service="shop", operation="GET", route="/orders/{}")
    roll_up()
    return made


@contextmanager
def plans(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The plan of every statement meanwhile that reads or writes rows."""
    found: list[str] = []

    def explain(sql: str, params: Any) -> None:
        if not re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", sql) or "EXPLAIN" in sql:
            return
        with connection.cursor() as db:
            db.execute("SET LOCAL enable_seqscan = off")
            db.execute(f"EXPLAIN (COSTS OFF) {sql}", params)
            found.append(f"{sql}\n" + "\n".join(row[0] for row in db.fetchall()))
            db.execute("SET LOCAL enable_seqscan = on")

    def noted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not is_explaining:
            is_explaining.append(True)
            explain(sql, params)
            is_explaining.clear()
        return execute(sql, params, many, context)

    def fetch_all(sql: str, params: Any) -> Any:
        is_explaining.append(True)
        explain(sql, params)
        is_explaining.clear()
        return database.fetch_all(sql, params)

    is_explaining: list[bool] = []
    monkeypatch.setattr("executions.listing.fetch_all", fetch_all)  # which goes its own way to PostgreSQL
    with connection.execute_wrapper(noted):
        yield found


def reading_whole_tables(found: list[str]) -> list[str]:
    assert any(re.search(HISTORY, plan) for plan in found)  # else nothing was looked at
    return [plan for plan in found if SCANNED.search(plan)]


def ask(api: Api, past: History, path: str) -> None:
    group = FailureGroup.objects.values_list("fingerprint", flat=True)[0]
    answer = api.get(path.format(flow=past.version.flow.slug, group=group))
    assert answer.status == 200, answer.body


def test_every_question_has_its_indexes(past: History, monkeypatch: pytest.MonkeyPatch) -> None:
    charlie = api_of(past.workspace, Role.VIEWER)
    with plans(monkeypatch) as found:
        for question in QUESTIONS:
            ask(charlie, past, f"/analytics/{question}{'&' if '?' in question else '?'}{SCOPE}")
    assert reading_whole_tables(found) == []


def test_every_search_has_its_indexes(past: History, monkeypatch: pytest.MonkeyPatch) -> None:
    charlie = api_of(past.workspace, Role.VIEWER)
    with plans(monkeypatch) as found:
        for search in SEARCHES:
            ask(charlie, past, f"/executions?q={search}")
            ask(charlie, past, f"/executions/histogram?q={search}")
    assert reading_whole_tables(found) == []


def test_a_roll_up_reads_what_has_ended_and_no_more(past: History, monkeypatch: pytest.MonkeyPatch) -> None:
    today = timezone.now().date()
    RollupState.objects.update(finished_to=timezone.now() - timedelta(days=10))
    with plans(monkeypatch) as found:
        roll_up()
        rebuild(today - timedelta(days=4), today)
    assert reading_whole_tables(found) == []
