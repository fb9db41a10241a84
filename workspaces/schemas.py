"""What the API says and takes of workspaces, members, tokens and the audit log."""

from datetime import UTC, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Schema
from pydantic import AfterValidator, StringConstraints

from workspaces.models import ApiToken, AuditEntry, Membership, Role
from workspaces.paging import PageIn

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Moment = Annotated[
    datetime, AfterValidator(lambda at: at if at.tzinfo else at.replace(tzinfo=UTC))
]  # UTC, if it says none


class WorkspaceOut(Schema):
    """A workspace, and what the caller is in it."""

    slug: str
    name: str
    role: str


class MeOut(Schema):
    user: str
    is_operator: bool
    is_owner: bool = Field(description="May open workspaces and rename them.")
    workspace: str
    workspaces: list[WorkspaceOut]


class WorkspaceIn(Schema):
    slug: str = Field(max_length=64)
    name: Name


class WorkspaceNameIn(Schema):
    name: Name


class MemberOut(Schema):
    id: int
    user: str
    email: str
    role: str
    is_active: bool
    is_you: bool
    last_login: datetime | None
    has_never_signed_in: bool = Field(description="Made here and never used: a login link may be made for them.")

    @classmethod
    def of(cls, row: Membership, *, you: int) -> "MemberOut":
        user = row.user
        return cls(
            id=row.pk,
            user=user.get_username(),
            email=user.email,
            role=row.role,
            is_active=user.is_active,
            is_you=user.pk == you,
            last_login=user.last_login,
            has_never_signed_in=user.last_login is None and not user.has_usable_password(),
        )


class MemberPage(Schema):
    items: list[MemberOut]
    next: str | None


class MemberIn(Schema):
    """Somebody who has an account, by user name or e-mail; or, with `create`, somebody new."""

    user: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)]
    role: Role = Role.VIEWER
    create: bool = False
    email: str = Field("", max_length=254)


class LinkOut(Schema):
    """A link that signs its user in once."""

    path: str
    expires_at: datetime


class AddedOut(Schema):
    member: MemberOut
    link: LinkOut | None = Field(description="For somebody new: shown this once.")


class RoleIn(Schema):
    role: Role


class TokenOut(Schema):
    id: int
    name: str
    hint: str
    user: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    state: str = Field(description="`in use`, `expired` or `revoked`.")
    is_yours: bool

    @classmethod
    def of(cls, token: ApiToken, *, you: int) -> "TokenOut":
        return cls(
            id=token.pk,
            name=token.name,
            hint=token.hint,
            user=token.user.get_username(),
            role=token.role,
            created_at=token.created_at,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
            last_used_at=token.last_used_at,
            state=token.state(at=timezone.now()),
            is_yours=token.user_id == you,
        )


class TokenQuery(PageIn):
    all: bool = Field(False, description="Of every member, for admins; else your own.")


class TokenPage(Schema):
    items: list[TokenOut]
    next: str | None


class TokenIn(Schema):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    role: Role = Role.EDITOR
    expires_at: Moment | None = None


class NewTokenOut(Schema):
    token: TokenOut
    secret: str = Field(description="Shown this once; only its hash is kept.")


class AuditQuery(PageIn):
    verb: str = Field("", max_length=64, description="`token.created`, or with `token.` all that begin so.")
    actor: str = Field("", max_length=150, description="Who did it: `anna`, also with any of her tokens.")
    target: str = Field("", max_length=255)
    since: Moment | None = None
    until: Moment | None = None


class AuditOut(Schema):
    id: int
    at: datetime
    actor: str
    verb: str
    target: str
    details: dict[str, Any]

    @classmethod
    def of(cls, row: AuditEntry) -> "AuditOut":
        return cls(id=row.pk, at=row.at, actor=row.actor, verb=row.verb, target=row.target, details=row.details)


class AuditPage(Schema):
    items: list[AuditOut]
    next: str | None
