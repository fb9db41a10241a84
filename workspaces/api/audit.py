"""What was done in a workspace, and by whom; for its admins."""

from django.db.models import Q
from ninja import Query, Router

from workspaces.auth import ApiRequest
from workspaces.models import AuditEntry, Role
from workspaces.paging import page_of
from workspaces.schemas import AuditOut, AuditPage, AuditQuery

router = Router()


@router.get("/audit", response=AuditPage)
def list_audit(request: ApiRequest, query: Query[AuditQuery]) -> AuditPage:
    """Newest first. Admins only."""
    caller = request.auth
    caller.require(Role.ADMIN)
    rows = AuditEntry.objects.filter(_wanted(query), workspace=caller.workspace).order_by("-pk")
    rows = rows.filter(pk__lt=int(query.cursor)) if query.cursor.isdecimal() else rows
    items, following = page_of(rows, query.limit, key=lambda row: row.pk)
    return AuditPage(items=[AuditOut.of(row) for row in items], next=following)


def _wanted(query: AuditQuery) -> Q:
    wanted = Q()
    if query.verb:
        wanted &= Q(verb__startswith=query.verb) if query.verb.endswith(".") else Q(verb=query.verb)
    if query.actor:
        wanted &= Q(actor=query.actor) | Q(actor__startswith=f"{query.actor} (token ")
    if query.target:
        wanted &= Q(target=query.target)
    if query.since:
        wanted &= Q(at__gte=query.since)
    if query.until:
        wanted &= Q(at__lt=query.until)
    return wanted
