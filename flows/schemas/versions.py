"""Versions of a flow as the API shows them."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from flows.language.plan import Plan, PlannedStep
from flows.language.spec import RetrySpec
from flows.models import FlowVersion
from flows.shown_text import shown_spec, shown_text
from workspaces.models import Role


class VersionRowOut(Schema):
    number: int
    hash: str
    created_at: datetime
    created_by: str | None
    change: str = Field(description="What it changed of the version before it; empty where that was not recorded.")
    is_latest: bool

    @classmethod
    def of(cls, version: FlowVersion) -> "VersionRowOut":
        return cls(**_version_row(version))


class PlannedStepOut(Schema):
    """A step as the flow plans it: also one that a run never reached. `path` has no turns of loops."""

    path: str
    id: str
    action: str
    section: str
    position: int
    parent: str | None
    name: str
    most_attempts: int | None  # None: a template decides when it runs

    @classmethod
    def of(cls, planned: PlannedStep, retry: RetrySpec | None) -> "PlannedStepOut":
        policy = planned.step.retry or retry
        return cls(
            path=planned.path,
            id=planned.step.id,
            action=planned.step.action,
            section=planned.section,
            position=planned.position,
            parent=planned.parent,
            name=planned.step.name,
            most_attempts=_number_or_none(policy.max_attempts) if policy else 1,
        )


def _number_or_none(value: int | str) -> int | None:
    return value if isinstance(value, int) else None


class VersionOut(VersionRowOut):
    """A version with its text, its variables and its steps in document order."""

    text: str
    files: dict[str, str]
    env: dict[str, Any] = Field(description="Its own variables as they are written; an environment's win over them.")
    timeout_seconds: float
    steps: list[PlannedStepOut]

    @classmethod
    def of_role(cls, version: FlowVersion, role: Role) -> "VersionOut":
        """As somebody with this role may see it."""
        flow = version.spec
        return cls(
            **_version_row(version),
            text=shown_text(version, role),
            files=version.files,
            env=shown_spec(version, role).env,
            timeout_seconds=flow.config.timeout,
            steps=[PlannedStepOut.of(planned, flow.config.retry) for planned in Plan(flow).all],
        )


def _version_row(version: FlowVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "hash": version.hash,
        "created_at": version.created_at,
        "created_by": version.created_by.get_username() if version.created_by else None,
        "change": version.change,
        "is_latest": version.flow.latest_version_id == version.pk,
    }


class VersionPage(Schema):
    items: list[VersionRowOut]
    next: str | None
