"""Hooks over HTTP: made, listed, revoked. What they start is posted to /hooks/TOKEN (config/hooks.py)."""

from datetime import datetime

from django.conf import settings
from ninja import Field, Router, Schema, Status

from executions.errors import HookUnknown
from executions.hooks.models import Hook
from executions.operations.create_hook import create_hook
from executions.operations.edit_hook import edit_hook
from executions.operations.revoke_hook import revoke_hook
from workspaces.auth import ApiRequest
from workspaces.models import Role

router = Router(tags=["hooks"])


class HookIn(Schema):
    name: str = Field(max_length=100)
    flow: str = Field(description="Slug of the flow; each call takes its latest version.")
    environment: str | None = None
    variables: dict[str, str] = Field(
        default_factory=dict, description="Name → path into what is posted, such as `body.order.id` or `$.order.id`."
    )
    labels: dict[str, str] = Field(default_factory=dict)
    per_minute: int = Field(60, ge=1, le=6000, description="Calls a minute; more are refused with 429.")


class HookEdit(Schema):
    """What is left out stays as it is."""

    name: str = Field("", max_length=100)
    flow: str = ""
    environment: str | None = None
    variables: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    per_minute: int = Field(60, ge=1, le=6000)


class HookOut(Schema):
    id: int
    name: str
    flow: str
    environment: str | None
    variables: dict[str, str]
    labels: dict[str, str]
    per_minute: int
    hint: str
    created_at: datetime
    last_called_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, hook: Hook) -> "HookOut":
        return cls(
            id=hook.pk,
            name=hook.name,
            flow=hook.flow.slug,
            environment=hook.environment_name or None,
            variables=hook.variables,
            labels=hook.labels,
            per_minute=hook.per_minute,
            hint=hook.hint,
            created_at=hook.created_at,
            last_called_at=hook.last_called_at,
            revoked_at=hook.revoked_at,
        )


class HookMadeOut(Schema):
    hook: HookOut
    url: str = Field(description="Shown once: whoever knows it can start the flow.")


class HookPage(Schema):
    items: list[HookOut]
    next: str | None = None


@router.get("", response=HookPage)
def list_hooks(request: ApiRequest) -> HookPage:
    """By name, all of them: a workspace has a handful."""
    rows = Hook.objects.filter(workspace=request.auth.workspace).select_related("flow").order_by("name")
    return HookPage(items=[HookOut.of(hook) for hook in rows[:1000]])


@router.post("", response={201: HookMadeOut})
def create(request: ApiRequest, body: HookIn) -> Status[HookMadeOut]:
    """Its address is in this answer and nowhere else."""
    caller = request.auth
    caller.require(Role.EDITOR)
    hook, token = create_hook(workspace=caller.workspace, wanted=body.dict(), by=caller.user, actor=caller.actor)
    return Status(201, HookMadeOut(hook=HookOut.of(hook), url=f"{settings.PUBLIC_URL}/hooks/{token}"))


@router.get("/{int:hook_id}", response=HookOut)
def get_hook(request: ApiRequest, hook_id: int) -> HookOut:
    return HookOut.of(_find(request, hook_id))


@router.patch("/{int:hook_id}", response=HookOut)
def edit(request: ApiRequest, hook_id: int, body: HookEdit) -> HookOut:
    """What is named is changed; the address stays."""
    caller = request.auth
    caller.require(Role.EDITOR)
    changes = body.dict(exclude_unset=True)
    return HookOut.of(edit_hook(hook=_find(request, hook_id), changes=changes, by=caller.user, actor=caller.actor))


@router.delete("/{int:hook_id}", response=HookOut)
def revoke(request: ApiRequest, hook_id: int) -> HookOut:
    """From now on its address starts nothing; the hook stays in the list."""
    caller = request.auth
    caller.require(Role.EDITOR)
    hook = _find(request, hook_id)
    revoke_hook(hook=hook, by=caller.user, actor=caller.actor)
    hook.refresh_from_db()
    return HookOut.of(hook)


def _find(request: ApiRequest, hook_id: int) -> Hook:
    rows = Hook.objects.filter(workspace=request.auth.workspace, pk=hook_id).select_related("flow", "workspace")
    hook = rows.first()
    if hook is None:
        raise HookUnknown(f"There is no hook {hook_id} in this workspace.")
    return hook
