"""API tokens: everybody's own; admins see and revoke all of the workspace's."""

from ninja import Query, Router, Status

from workspaces.auth import ApiRequest
from workspaces.lookup import find_token
from workspaces.models import ApiToken, Role
from workspaces.operations.create_token import create_token
from workspaces.operations.revoke_token import revoke_token
from workspaces.paging import page_of
from workspaces.schemas import NewTokenOut, TokenIn, TokenOut, TokenPage, TokenQuery

router = Router()


@router.get("/tokens", response=TokenPage)
def list_tokens(request: ApiRequest, query: Query[TokenQuery]) -> TokenPage:
    """Newest first: your own, or with `all` those of every member, which is for admins."""
    caller = request.auth
    rows = ApiToken.objects.filter(workspace=caller.workspace).select_related("user").order_by("-pk")
    if query.all:
        caller.require(Role.ADMIN)
    else:
        rows = rows.filter(user=caller.user)
    rows = rows.filter(pk__lt=int(query.cursor)) if query.cursor.isdecimal() else rows
    items, following = page_of(rows, query.limit, key=lambda row: row.pk)
    return TokenPage(items=[TokenOut.of(row, you=caller.user.pk) for row in items], next=following)


@router.post("/tokens", response={201: NewTokenOut})
def create(request: ApiRequest, body: TokenIn) -> Status[NewTokenOut]:
    """Make a token that acts for you, with your role at most; made with a token, with at most what that one has."""
    caller = request.auth
    caller.require(body.role)
    token, secret = create_token(
        workspace=caller.workspace,
        user=caller.user,
        name=body.name,
        role=body.role,
        expires_at=body.expires_at,
        by=caller.user,
        actor=caller.actor,
        within=caller.token,
    )
    return Status(201, NewTokenOut(token=TokenOut.of(token, you=caller.user.pk), secret=secret))


@router.post("/tokens/{token_id}/revoke", response=TokenOut)
def revoke(request: ApiRequest, token_id: int) -> TokenOut:
    """From now on it opens nothing; again is no error. Your own, or as an admin anybody's."""
    caller = request.auth
    token = find_token(caller, token_id)
    revoke_token(token=token, by=caller.user, actor=caller.actor)
    token.refresh_from_db(fields=["revoked_at"])
    return TokenOut.of(token, you=caller.user.pk)
