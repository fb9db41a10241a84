"""Flows: listed, read, saved, archived."""

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from ninja import Header, Query, Status

from flows.api.router import flows
from flows.api.versions import LONG
from flows.listing import words_of
from flows.lookup import find_flow
from flows.models import Flow
from flows.operations.archive_flow import archive_flow, unarchive_flow
from flows.operations.save_flow import save_flow
from flows.schemas.flows import FlowIn, FlowOut, FlowPage, FlowQuery, FlowRowOut, FlowTextIn, SavedOut, WordsOut
from workspaces.auth import ApiRequest
from workspaces.etags import Condition, expected, only_new
from workspaces.models import Role
from workspaces.paging import page_of


@flows.post("", response={200: SavedOut, 201: SavedOut})
def save(
    request: ApiRequest, body: FlowIn, response: HttpResponse, if_none_match: Header[Condition] = None
) -> Status[SavedOut]:
    """Save a text as the latest version of its flow: 201 if the flow is new. `If-None-Match: *` takes new ones only."""
    request.auth.require(Role.EDITOR)
    saved = save_flow(
        workspace=request.auth.workspace,
        text=body.text,
        filename=body.filename,
        slug=body.slug,
        files=body.files,
        only_new=only_new(if_none_match),
        by=request.auth.user,
        actor=request.auth.actor,
    )
    out = SavedOut.of(saved)
    response["ETag"] = f'"{out.tag}"'
    return Status(201 if saved.created else 200, out)


@flows.get("", response=FlowPage)
def list_flows(request: ApiRequest, query: Query[FlowQuery]) -> FlowPage:
    """By slug; archived ones on request only. How each ran lately is at `/executions/recent`."""
    rows = _found(query, Flow.objects.filter(workspace=request.auth.workspace)).order_by("slug")
    rows = rows.select_related("latest_version").defer(*(f"latest_version__{name}" for name in LONG))
    rows = rows.filter(slug__gt=query.cursor) if query.cursor else rows
    items, following = page_of(rows, query.limit, key=lambda flow: flow.slug)
    return FlowPage(items=[FlowRowOut.of(flow) for flow in items], next=following)


def _found(query: FlowQuery, rows: QuerySet[Flow]) -> QuerySet[Flow]:
    rows = rows.filter(archived_at__isnull=not query.archived)
    if text := query.q.strip():
        rows = rows.filter(Q(name__icontains=text) | Q(slug__icontains=text) | Q(description__icontains=text))
    if query.suite:
        rows = rows.filter(suite=query.suite)
    if tags := [tag.strip() for tag in query.tag.split(",") if tag.strip()]:
        any_of = Q()
        for tag in tags:
            any_of |= Q(tags__contains=[tag])
        rows = rows.filter(any_of)
    return rows


@flows.get("/-/words", response=WordsOut)
def get_words(request: ApiRequest) -> WordsOut:
    """The tags and suites there are."""
    return words_of(request.auth.workspace)


@flows.get("/{slug}", response=FlowOut)
def get_flow(request: ApiRequest, slug: str, response: HttpResponse) -> FlowOut:
    """With its latest text, and the ETag that a save may name."""
    found = FlowOut.of_role(find_flow(request.auth.workspace, slug), request.auth.role)
    response["ETag"] = f'"{found.tag}"'
    return found


@flows.put("/{slug}", response=SavedOut)
def put_flow(
    request: ApiRequest, slug: str, body: FlowTextIn, response: HttpResponse, if_match: Header[Condition] = None
) -> SavedOut:
    """Save the next text of this flow, which keeps its slug; with If-Match only if nobody has saved one since."""
    request.auth.require(Role.EDITOR)
    flow = find_flow(request.auth.workspace, slug)
    kept = flow.latest_version.files if flow.latest_version and body.files is None else body.files
    saved = save_flow(
        workspace=request.auth.workspace,
        text=body.text,
        filename=body.filename,
        slug=flow.slug,
        files=kept,
        expected_tag=expected(if_match),
        by=request.auth.user,
        actor=request.auth.actor,
    )
    out = SavedOut.of(saved)
    response["ETag"] = f'"{out.tag}"'
    return out


@flows.delete("/{slug}", response={204: None})
def archive(request: ApiRequest, slug: str) -> Status[None]:
    """Archive it: out of the lists, with everything that ran kept. Saving a text of it brings it back."""
    request.auth.require(Role.ADMIN)
    archive_flow(flow=find_flow(request.auth.workspace, slug), by=request.auth.user, actor=request.auth.actor)
    return Status(204, None)


@flows.post("/{slug}/unarchive", response=FlowRowOut)
def unarchive(request: ApiRequest, slug: str) -> FlowRowOut:
    request.auth.require(Role.ADMIN)
    flow = find_flow(request.auth.workspace, slug)
    return FlowRowOut.of(unarchive_flow(flow=flow, by=request.auth.user, actor=request.auth.actor))
