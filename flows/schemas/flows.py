"""Flows as the API shows and takes them."""

from datetime import datetime
from typing import Any, Self

from ninja import Field, Schema

from flows.models import Flow
from flows.operations.save_flow import Saved
from flows.schemas.problems import ProblemOut
from flows.shown_text import shown_text
from flows.tags import tag_of_flow
from workspaces.models import Role
from workspaces.paging import PageIn


class FlowIn(Schema):
    text: str
    filename: str = "flow.yaml"
    slug: str | None = Field(None, min_length=1, max_length=255)
    files: dict[str, str] = Field(default_factory=dict, description="the .proto files it names, by name")


class FlowTextIn(Schema):
    """The next text of a flow that is named already. Without `files`, those of its latest version go on."""

    text: str
    filename: str = "flow.yaml"
    files: dict[str, str] | None = Field(None, description="the .proto files it names, by name")


class FlowQuery(PageIn):
    q: str = Field("", max_length=255, description="In the name, the slug or the description.")
    tag: str = Field("", max_length=500, description="One of these tags, with commas.")
    suite: str = Field("", max_length=255)
    archived: bool = Field(False, description="Those that were archived, instead of the others.")


class SavedVersionOut(Schema):
    number: int
    hash: str
    created: bool


class SavedOut(Schema):
    slug: str
    name: str
    tag: str = Field(description="Its ETag: send it as If-Match with the next save.")
    version: SavedVersionOut
    created: bool
    problems: list[ProblemOut]

    @classmethod
    def of(cls, saved: Saved) -> Self:
        return cls(
            slug=saved.flow.slug,
            name=saved.flow.name,
            tag=tag_of_flow(saved.flow),
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
    updated_by: str
    archived_at: datetime | None

    @classmethod
    def of(cls, flow: Flow) -> Self:
        return cls(**_row(flow))


class FlowOut(FlowRowOut):
    """A flow with its latest text."""

    tag: str = Field(description="Its ETag: send it as If-Match with the next save.")
    text: str
    files: dict[str, str]

    @classmethod
    def of_role(cls, flow: Flow, role: Role) -> Self:
        """As somebody with this role may see it."""
        latest = flow.latest_version
        text, files = (shown_text(latest, role), latest.files) if latest else ("", {})
        return cls(**_row(flow), tag=tag_of_flow(flow), text=text, files=files)


def _row(flow: Flow) -> dict[str, Any]:
    return {
        "slug": flow.slug,
        "name": flow.name,
        "description": flow.description,
        "tags": [str(tag) for tag in flow.tags],
        "suite": flow.suite,
        "latest_version": flow.latest_version.number if flow.latest_version else None,
        "updated_at": flow.updated_at,
        "updated_by": flow.updated_by,
        "archived_at": flow.archived_at,
    }


class FlowPage(Schema):
    items: list[FlowRowOut]
    next: str | None


class WordOut(Schema):
    name: str
    flows: int


class WordsOut(Schema):
    """The tags and suites that flows of the workspace have, each with how many have it."""

    tags: list[WordOut]
    suites: list[WordOut]
