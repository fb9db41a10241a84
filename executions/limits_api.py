"""How many executions run at once, over HTTP."""

from typing import Annotated

from ninja import Field, Router, Schema

from executions.limits import RunLimit
from executions.operations.set_limits import set_limits
from workspaces.auth import ApiRequest
from workspaces.models import Role, Workspace

router = Router(tags=["limits"])

HIGHEST = 10_000


class LimitsOut(Schema):
    workspace: int | None = Field(description="Executions of the whole workspace at once; null: as many as come.")
    flows: dict[str, int] = Field(description="By slug, of the flows that have a limit of their own.")


class LimitsIn(Schema):
    """What is named is set; null lifts a limit."""

    workspace: int | None = Field(None, ge=1, le=HIGHEST)
    flows: dict[str, Annotated[int, Field(ge=1, le=HIGHEST)] | None] = Field(default_factory=dict)


@router.get("/limits", response=LimitsOut)
def get_limits(request: ApiRequest) -> LimitsOut:
    return _shown(request.auth.workspace)


@router.patch("/limits", response=LimitsOut)
def patch_limits(request: ApiRequest, body: LimitsIn) -> LimitsOut:
    """What runs goes on; what waits starts as places come free, people's executions before those of schedules."""
    caller = request.auth
    caller.require(Role.ADMIN)
    changes: dict[str | None, int | None] = {slug: most for slug, most in body.flows.items()}  # noqa: C416 - its type
    if "workspace" in body.dict(exclude_unset=True):
        changes[None] = body.workspace
    set_limits(workspace=caller.workspace, changes=changes, by=caller.user, actor=caller.actor)
    return _shown(caller.workspace)


def _shown(workspace: Workspace) -> LimitsOut:
    rows = RunLimit.objects.filter(workspace=workspace).select_related("flow")
    found = {row.flow.slug if row.flow else None: row.most for row in rows}
    return LimitsOut(workspace=found.pop(None, None), flows={slug: most for slug, most in found.items() if slug})
