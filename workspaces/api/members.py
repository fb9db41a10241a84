"""Members of a workspace, for its admins."""

from ninja import Query, Router, Status

from workspaces.auth import ApiRequest
from workspaces.lookup import find_member
from workspaces.models import Membership, Role
from workspaces.operations.add_member import add_member
from workspaces.operations.change_role import change_role
from workspaces.operations.invite_user import invite_user, renew_invitation
from workspaces.operations.remove_member import remove_member
from workspaces.paging import PageIn, page_of
from workspaces.schemas import AddedOut, LinkOut, MemberIn, MemberOut, MemberPage, RoleIn

router = Router()


@router.get("/members", response=MemberPage)
def list_members(request: ApiRequest, page: Query[PageIn]) -> MemberPage:
    """In the order in which they came. Admins only."""
    caller = request.auth
    caller.require(Role.ADMIN)
    rows = Membership.objects.filter(workspace=caller.workspace).select_related("user").order_by("pk")
    rows = rows.filter(pk__gt=int(page.cursor)) if page.cursor.isdecimal() else rows
    items, following = page_of(rows, page.limit, key=lambda row: row.pk)
    return MemberPage(items=[MemberOut.of(row, you=caller.user.pk) for row in items], next=following)


@router.post("/members", response={201: AddedOut})
def add(request: ApiRequest, body: MemberIn) -> Status[AddedOut]:
    """Add somebody by user name or e-mail. `create` makes a new user and a link that signs them in once."""
    caller = request.auth
    caller.require(Role.ADMIN)
    if not body.create:
        row = add_member(workspace=caller.workspace, who=body.user, role=body.role, by=caller.user, actor=caller.actor)
        return Status(201, AddedOut(member=MemberOut.of(row, you=caller.user.pk), link=None))
    caller.require_person()
    row, invitation = invite_user(
        workspace=caller.workspace, name=body.user, email=body.email, role=body.role, by=caller.user
    )
    link = LinkOut(path=invitation.path, expires_at=invitation.expires_at)
    return Status(201, AddedOut(member=MemberOut.of(row, you=caller.user.pk), link=link))


@router.post("/members/{member_id}/link", response=LinkOut)
def renew_link(request: ApiRequest, member_id: int) -> LinkOut:
    """Another link for somebody who was made here and has never signed in; the one before opens nothing any more."""
    caller = request.auth
    caller.require(Role.ADMIN)
    caller.require_person()
    invitation = renew_invitation(member=find_member(caller.workspace, member_id), by=caller.user)
    return LinkOut(path=invitation.path, expires_at=invitation.expires_at)


@router.patch("/members/{member_id}", response=MemberOut)
def change(request: ApiRequest, member_id: int, body: RoleIn) -> MemberOut:
    """Give a member another role. 409 when the workspace would be left without an admin."""
    caller = request.auth
    caller.require(Role.ADMIN)
    member = find_member(caller.workspace, member_id)
    row = change_role(member=member, role=body.role, by=caller.user, actor=caller.actor)
    return MemberOut.of(row, you=caller.user.pk)


@router.delete("/members/{member_id}", response={204: None})
def remove(request: ApiRequest, member_id: int) -> Status[None]:
    """Take a member out, and their tokens of this workspace out of use. 409 for the last admin."""
    caller = request.auth
    caller.require(Role.ADMIN)
    remove_member(member=find_member(caller.workspace, member_id), by=caller.user, actor=caller.actor)
    return Status(204, None)
