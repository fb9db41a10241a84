"""Over HTTP: which addresses of a service are one route, where a person knows better than their looks."""

from datetime import datetime

from ninja import Field, Query, Router, Schema, Status

from analytics.coverage.overrides import Rule, pattern_of
from analytics.models import RouteOverride, RouteWish
from analytics.operations.forget_override import forget_override
from analytics.operations.override_routes import override_routes
from analytics.questions.routes import NamedRoute, Renamed, find_override, overrides_of, renamed_by, routes_of
from workspaces.auth import ApiRequest
from workspaces.models import Role, Workspace

router = Router()

SERVICE = Field(max_length=255, description="As steps call it: `shop.internal:8080`.")


class RoutesIn(Schema):
    service: str = SERVICE


class OverridesIn(Schema):
    service: str = SERVICE
    patterns: list[str] = Field(max_length=100, description="`/products/{}`: any product. `/products/tea`: this one.")
    wish: RouteWish = Field(description="`one`: what fits is one route; `apart`: it stays as the steps wrote it.")


class OverrideOut(Schema):
    id: int
    service: str
    pattern: str
    wish: RouteWish
    changed_at: datetime
    changed_by: str

    @classmethod
    def of(cls, one: RouteOverride) -> "OverrideOut":
        return cls(
            id=one.pk, service=one.service, pattern=one.pattern, wish=RouteWish(one.wish),
            changed_at=one.changed_at, changed_by=one.changed_by,
        )  # fmt: skip


class OverridesOut(Schema):
    items: list[OverrideOut] = Field(description="All rules of the workspace.")

    @classmethod
    def of(cls, workspace: Workspace) -> "OverridesOut":
        return cls(items=[OverrideOut.of(one) for one in overrides_of(workspace)])


class OverriddenOut(OverridesOut):
    changed: int = Field(description="Endpoints that are called otherwise than before.")


class RoutesOut(Schema):
    items: list[NamedRoute]


class RoutePreviewOut(Schema):
    items: list[Renamed]


@router.get("/routes", response=RoutesOut)
def list_routes(request: ApiRequest, query: Query[RoutesIn]) -> RoutesOut:
    """The routes of a service, each with the addresses that were taken together to it."""
    return RoutesOut(items=routes_of(request.auth.workspace, query.service))


@router.get("/route-overrides", response=OverridesOut)
def list_overrides(request: ApiRequest) -> OverridesOut:
    """What people have said of routes, in all services."""
    return OverridesOut.of(request.auth.workspace)


@router.put("/route-overrides", response=OverriddenOut)
def put_overrides(request: ApiRequest, body: OverridesIn) -> OverriddenOut:
    """Say it of these patterns, in the place of what was said of them before. What is kept is named anew at once."""
    caller = request.auth
    caller.require(Role.EDITOR)
    changed = override_routes(
        workspace=caller.workspace, service=body.service, patterns=body.patterns, wish=body.wish,
        by=caller.user, actor=caller.actor,
    )  # fmt: skip
    return OverriddenOut(changed=changed, items=OverridesOut.of(caller.workspace).items)


@router.post("/route-overrides/preview", response=RoutePreviewOut)
def preview_overrides(request: ApiRequest, body: OverridesIn) -> RoutePreviewOut:
    """Which routes would be called otherwise. Nothing is kept."""
    apart = body.wish == RouteWish.APART
    rules = [Rule(pattern_of(one, keeps_apart=apart), keeps_apart=apart) for one in body.patterns]
    return RoutePreviewOut(items=renamed_by(request.auth.workspace, body.service, rules))


@router.delete("/route-overrides/{int:number}", response={204: None})
def remove_override(request: ApiRequest, number: int) -> Status[None]:
    """Leave its routes to what their addresses look like."""
    caller = request.auth
    caller.require(Role.EDITOR)
    forget_override(override=find_override(caller.workspace, number), by=caller.user, actor=caller.actor)
    return Status(204, None)
