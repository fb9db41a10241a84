"""Flows, their versions, and environments over HTTP."""

from ninja import Query, Router, Status

from flows.language.check import check
from flows.lookup import find_environment, find_flow, find_version
from flows.models import Environment, Flow
from flows.operations.save_environment import save_environment
from flows.operations.save_flow import save_flow
from flows.schemas import (
    CheckIn,
    CheckOut,
    EnvironmentIn,
    EnvironmentOut,
    EnvironmentPage,
    FlowIn,
    FlowOut,
    FlowPage,
    FlowRowOut,
    ProblemOut,
    SavedOut,
    VersionOut,
    VersionPage,
    VersionRowOut,
)
from workspaces.auth import ApiRequest
from workspaces.models import Role
from workspaces.paging import PageIn, page_of

flows = Router(tags=["flows"])
environments = Router(tags=["environments"])

LONG = ("text", "spec_json", "files_json")  # what no list shows of a version


@flows.post("/check", response=CheckOut)
def check_flow(request: ApiRequest, body: CheckIn) -> CheckOut:
    """Every problem of a text, without saving it."""
    checked = check(body.text, filename=body.filename)
    return CheckOut(problems=[ProblemOut.of(problem) for problem in checked.problems])


@flows.post("", response={200: SavedOut, 201: SavedOut})
def save(request: ApiRequest, body: FlowIn) -> Status[SavedOut]:
    """Save a text as the latest version of its flow: 201 if the flow is new."""
    request.auth.require(Role.EDITOR)
    saved = save_flow(
        workspace=request.auth.workspace,
        text=body.text,
        filename=body.filename,
        slug=body.slug,
        files=body.files,
        by=request.auth.user,
        actor=request.auth.actor,
    )
    return Status(201 if saved.created else 200, SavedOut.of(saved))


@flows.get("", response=FlowPage)
def list_flows(request: ApiRequest, page: Query[PageIn]) -> FlowPage:
    """By slug, archived ones left out."""
    rows = Flow.objects.filter(workspace=request.auth.workspace, archived_at=None).order_by("slug")
    rows = rows.select_related("latest_version").defer(*(f"latest_version__{name}" for name in LONG))
    rows = rows.filter(slug__gt=page.cursor) if page.cursor else rows
    items, following = page_of(rows, page.limit, key=lambda flow: flow.slug)
    return FlowPage(items=[FlowRowOut.of(flow) for flow in items], next=following)


@flows.get("/{slug}", response=FlowOut)
def get_flow(request: ApiRequest, slug: str) -> FlowOut:
    return FlowOut.of(find_flow(request.auth.workspace, slug), request.auth.role)


@flows.get("/{slug}/versions", response=VersionPage)
def list_versions(request: ApiRequest, slug: str, page: Query[PageIn]) -> VersionPage:
    """Newest first."""
    rows = find_flow(request.auth.workspace, slug).versions.order_by("-number").select_related("created_by")
    rows = rows.defer(*LONG)
    rows = rows.filter(number__lt=int(page.cursor)) if page.cursor.isdecimal() else rows
    items, following = page_of(rows, page.limit, key=lambda version: str(version.number))
    return VersionPage(items=[VersionRowOut.of(version) for version in items], next=following)


@flows.get("/{slug}/versions/{int:number}", response=VersionOut)
def get_version(request: ApiRequest, slug: str, number: int) -> VersionOut:
    return VersionOut.of(find_version(find_flow(request.auth.workspace, slug), number), request.auth.role)


@environments.get("", response=EnvironmentPage)
def list_environments(request: ApiRequest) -> EnvironmentPage:
    """All of them: a workspace has a handful."""
    rows = Environment.objects.filter(workspace=request.auth.workspace).prefetch_related("variables")
    return EnvironmentPage(items=[EnvironmentOut.of(environment) for environment in rows])


@environments.get("/{name}", response=EnvironmentOut)
def get_environment(request: ApiRequest, name: str) -> EnvironmentOut:
    return EnvironmentOut.of(find_environment(request.auth.workspace, name))


@environments.put("/{name}", response=EnvironmentOut)
def put_environment(request: ApiRequest, name: str, body: EnvironmentIn) -> EnvironmentOut:
    request.auth.require(Role.EDITOR)
    environment = save_environment(
        workspace=request.auth.workspace,
        name=name,
        description=body.description,
        variables=body.variables,
        secrets=body.secrets,
        replace=body.replace,
        by=request.auth.user,
        actor=request.auth.actor,
    )
    return EnvironmentOut.of(environment)
