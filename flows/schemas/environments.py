"""Environments as the API shows and takes them. A secret goes in and never comes out."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from flows.language import jsontext
from flows.models import Environment
from flows.tags import tag_of_environment


class SecretOut(Schema):
    """A secret is never shown: only that there is one, and the number of its value."""

    name: str
    version: int
    updated_at: datetime


class EnvironmentOut(Schema):
    name: str
    description: str
    worker_group: str | None = Field(description="Only workers of this group run what runs against it.")
    revision: str
    tag: str = Field(description="Its ETag: send it as If-Match with the next save.")
    variables: dict[str, Any]
    secrets: list[SecretOut]
    updated_at: datetime
    updated_by: str

    @classmethod
    def of(cls, environment: Environment) -> "EnvironmentOut":
        rows = list(environment.variables.all())
        return cls(
            name=environment.name,
            description=environment.description,
            worker_group=environment.worker_group or None,
            revision=environment.revision,
            tag=tag_of_environment(environment),
            variables={row.name: jsontext.loads(row.value_json) for row in rows if not row.is_secret},
            secrets=[
                SecretOut(name=row.name, version=row.secret_version, updated_at=row.updated_at)
                for row in rows
                if row.is_secret
            ],
            updated_at=environment.updated_at,
            updated_by=environment.updated_by,
        )


class EnvironmentPage(Schema):
    items: list[EnvironmentOut]
    next: str | None = None


class EnvironmentIn(Schema):
    """What is given is set; null deletes; what is not named stays, unless `replace`."""

    description: str | None = None
    worker_group: str | None = Field(None, description="Empty: workers that belong to none.")
    variables: dict[str, Any] = Field(default_factory=dict)
    secrets: dict[str, str | None] = Field(default_factory=dict)
    replace: bool = False


class EnvironmentNameIn(Schema):
    name: str = Field(max_length=64)
