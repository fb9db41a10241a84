"""The versions of a flow: each text it ever had."""

from ninja import Query

from flows.api.router import flows
from flows.lookup import find_flow, find_version
from flows.models import FlowVersion
from flows.schemas.versions import VersionOut, VersionPage, VersionRowOut
from workspaces.auth import ApiRequest
from workspaces.paging import PageIn, page_of

LONG = ("text", "spec_json", "files_json")  # what no list shows of a version


@flows.get("/{slug}/versions", response=VersionPage)
def list_versions(request: ApiRequest, slug: str, page: Query[PageIn]) -> VersionPage:
    """Newest first."""
    flow = find_flow(request.auth.workspace, slug)
    rows = FlowVersion.objects.filter(flow=flow).order_by("-number").select_related("created_by").defer(*LONG)
    rows = rows.filter(number__lt=int(page.cursor)) if page.cursor.isdecimal() else rows
    items, following = page_of(rows, page.limit, key=lambda version: version.number)
    for version in items:
        version.flow = flow  # known, so nobody need ask for it
    return VersionPage(items=[VersionRowOut.of(version) for version in items], next=following)


@flows.get("/{slug}/versions/{int:number}", response=VersionOut)
def get_version(request: ApiRequest, slug: str, number: int) -> VersionOut:
    """With its text; a viewer sees no secret that somebody wrote into it."""
    return VersionOut.of_role(find_version(find_flow(request.auth.workspace, slug), number), request.auth.role)
