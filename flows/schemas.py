"""Flows and environments as the API shows and takes them."""

from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from flows.language import jsontext
from flows.language.plan import Plan, PlannedStep
from flows.language.problems import Problem
from flows.language.spec import RetrySpec
from flows.models import Environment, Flow, FlowVersion
from flows.operations.save_flow import Saved
from flows.shown_text import shown_text
from workspaces.models import Role


class ProblemOut(Schema):
    severity: Literal["error", "warning"]
    code: str
    message: str
    line: int
    column: int
    path: str
    suggestion: str | None

    @classmethod
    def of(cls, problem: Problem) -> "ProblemOut":
        return cls(
            severity=problem.severity,
            code=problem.code,
            message=problem.message,
            line=problem.line,
            column=problem.column,
            path=problem.path,
            suggestion=problem.suggestion,
        )


class CheckIn(Schema):
    text: str
    filename: str = "flow.yaml"


class CheckOut(Schema):
    problems: list[ProblemOut]


class FlowIn(Schema):
    text: str
    filename: str = "flow.yaml"
    slug: str | None = Field(None, min_length=1, max_length=255)
    files: dict[str, str] = Field(default_factory=dict, description="the .proto files it names, by name")


class SavedVersionOut(Schema):
    number: int
    hash: str
    created: bool


class SavedOut(Schema):
    slug: str
    name: str
    version: SavedVersionOut
    created: bool
    problems: list[ProblemOut]

    @classmethod
    def of(cls, saved: Saved) -> "SavedOut":
        return cls(
            slug=saved.flow.slug,
            name=saved.flow.name,
            version=SavedVersionOut(
                number=saved.version.number, hash=saved.version.hash, created=saved.version_created
            ),
            created=saved.created,
            problems=[ProblemOut.of(problem) for problem in saved.problems],
        )


class FlowRowOut(Schema):
    """A flow in a list: without its text."""

    slug: str
    name: str
    description: str
    tags: list[str]
    suite: str
    latest_version: int | None
    updated_at: datetime

    @classmethod
    def of(cls, flow: Flow) -> "FlowRowOut":
        return cls(**_row(flow))


class FlowOut(Schema):
    """A flow with its latest text."""

    slug: str
    name: str
    description: str
    tags: list[str]
    suite: str
    latest_version: int | None
    updated_at: datetime
    text: str
    files: dict[str, str]

    @classmethod
    def of(cls, flow: Flow, role: Role) -> "FlowOut":
        latest = flow.latest_version
        return cls(**_row(flow), text=shown_text(latest, role) if latest else "", files=latest.files if latest else {})


def _row(flow: Flow) -> dict[str, Any]:
    return {
        "slug": flow.slug,
        "name": flow.name,
        "description": flow.description,
        "tags": [str(tag) for tag in flow.tags],
        "suite": flow.suite,
        "latest_version": flow.latest_version.number if flow.latest_version else None,
        "updated_at": flow.updated_at,
    }


class FlowPage(Schema):
    items: list[FlowRowOut]
    next: str | None


class VersionRowOut(Schema):
    number: int
    hash: str
    created_at: datetime
    created_by: str | None

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


class VersionOut(Schema):
    """A version with its text and its steps in document order."""

    number: int
    hash: str
    created_at: datetime
    created_by: str | None
    text: str
    files: dict[str, str]
    steps: list[PlannedStepOut]

    @classmethod
    def of(cls, version: FlowVersion, role: Role) -> "VersionOut":
        flow = version.spec
        return cls(
            **_version_row(version),
            text=shown_text(version, role),
            files=version.files,
            steps=[PlannedStepOut.of(planned, flow.config.retry) for planned in Plan(flow).all],
        )


def _version_row(version: FlowVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "hash": version.hash,
        "created_at": version.created_at,
        "created_by": version.created_by.get_username() if version.created_by else None,
    }


class VersionPage(Schema):
    items: list[VersionRowOut]
    next: str | None


class SecretOut(Schema):
    """A secret is never shown: only that there is one, and the number of its value."""

    name: str
    version: int
    updated_at: datetime


class EnvironmentOut(Schema):
    name: str
    description: str
    revision: str
    variables: dict[str, Any]
    secrets: list[SecretOut]
    updated_at: datetime

    @classmethod
    def of(cls, environment: Environment) -> "EnvironmentOut":
        rows = list(environment.variables.all())
        return cls(
            name=environment.name,
            description=environment.description,
            revision=environment.revision,
            variables={row.name: jsontext.loads(row.value_json) for row in rows if not row.is_secret},
            secrets=[
                SecretOut(name=row.name, version=row.secret_version, updated_at=row.updated_at)
                for row in rows
                if row.is_secret
            ],
            updated_at=environment.updated_at,
        )


class EnvironmentPage(Schema):
    items: list[EnvironmentOut]
    next: str | None = None


class EnvironmentIn(Schema):
    """What is given is set; null deletes; what is not named stays, unless `replace`."""

    description: str | None = None
    variables: dict[str, Any] = Field(default_factory=dict)
    secrets: dict[str, str | None] = Field(default_factory=dict)
    replace: bool = False
