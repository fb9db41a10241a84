"""Recurring failures over HTTP."""

from django.http import HttpResponse
from ninja import Query, Router

from analytics.csvtext import csv_response
from analytics.diagnosis.groups import diagnose_group
from analytics.diagnosis.pack import Diagnosis
from analytics.errors import NothingToAnalyse
from analytics.models import GroupState
from analytics.operations.change_group import change_group
from analytics.questions.failures import GroupDetail, GroupRow, failure_groups, find_group, group_detail, rows_of
from analytics.schemas import GroupIn, GroupPage, GroupsIn
from analytics.words import words_of
from workspaces.auth import ApiRequest
from workspaces.models import Role

router = Router()


@router.get("", response=GroupPage)
def list_groups(request: ApiRequest, query: Query[GroupsIn]) -> GroupPage | HttpResponse:
    """Failures that are the same failure, those seen last first."""
    items, following = failure_groups(
        query.of(request.auth.workspace),
        states=words_of("state", query.state, GroupState.values),
        recurring=query.recurring,
        limit=query.limit,
        cursor=query.cursor,
    )
    return csv_response("failures", items) if query.format == "csv" else GroupPage(items=items, next=following)


@router.get("/{fingerprint}", response=GroupDetail)
def get_group(request: ApiRequest, fingerprint: str) -> GroupDetail:
    """With its last occurrences, and where else the same happens."""
    return group_detail(request.auth.workspace, fingerprint)


@router.get("/{fingerprint}/diagnosis", response=Diagnosis)
def get_diagnosis_of_group(request: ApiRequest, fingerprint: str) -> Diagnosis:
    """Why it fails, by its last run on record; where retries have always overcome it, by the last attempt that failed.

    409 where none of its runs is on record any more.
    """
    found = diagnose_group(find_group(request.auth.workspace, fingerprint))
    if found is None:
        raise NothingToAnalyse("None of its runs is on record any more; there is nothing to diagnose.")
    return found


@router.patch("/{fingerprint}", response=GroupRow)
def patch_group(request: ApiRequest, fingerprint: str, body: GroupIn) -> GroupRow:
    """Acknowledge, resolve, mute or open it; say what the cause was; leave a note."""
    caller = request.auth
    caller.require(Role.EDITOR)
    group = change_group(
        workspace=caller.workspace,
        fingerprint=fingerprint,
        state=body.state,
        category=body.category,
        note=body.note,
        by=caller.user,
        actor=caller.actor,
    )
    return rows_of(caller.workspace, [group])[0]
