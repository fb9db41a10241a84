"""What the questions of analytics take and give over HTTP. Answers are the questions' own frozen dataclasses."""

from datetime import date, datetime
from typing import Literal

from ninja import Field, Schema

from analytics.models import DiagnosisLabel, GroupState
from analytics.questions.failures import GroupRow
from analytics.questions.hours import MOST
from analytics.questions.scope import LONGEST, USUAL, Scope, scope_of
from workspaces.models import Workspace
from workspaces.paging import PageIn

Format = Literal["json", "csv"]


class ScopeIn(Schema):
    """What a question is about."""

    days: int = Field(USUAL, ge=1, le=LONGEST, description="The last so many, today included; UTC.")
    hours: int = Field(
        0, ge=0, le=MOST, description="The last so many, this one included, instead of days: a point is an hour."
    )
    since: date | None = Field(None, description="The first day, instead of `days`.")
    until: date | None = Field(None, description="The last day; today if left out.")
    flow: str = Field("", description="Slug.")
    environment: str = Field("", description="`none` for runs without one.")
    tag: str = Field("", description="Of flows.")
    trigger: str = ""

    def of(self, workspace: Workspace) -> Scope:
        return scope_of(
            workspace,
            days=self.days,
            hours=self.hours,
            since=self.since,
            until=self.until,
            flow=self.flow,
            environment=self.environment,
            tag=self.tag,
            trigger=self.trigger,
        )


class TableIn(ScopeIn):
    format: Format = "json"


class StepIn(TableIn):
    key: str = Field(max_length=1024, description="`steps/each_user/update`: the path of the step without indices.")


class FlakyIn(TableIn):
    health: str = Field(
        "flaky", description="`flaky`, `suspect`, `failing`, `stable`, `insufficient`; several with commas."
    )
    order: Literal["disturbed", "lost"] = Field(
        "disturbed", description="By runs it disturbs a day, at least; or by the time it costs."
    )


class GroupsIn(TableIn, PageIn):
    limit: int = Field(50, ge=1, le=200)
    cursor: str = Field("", pattern=r"^([0-9]{1,17}_[0-9]{1,18})?$", description="`next` of the page before.")
    state: str = Field("", description="`open`, `acknowledged`, `resolved`, `muted`; several with commas.")
    recurring: bool = Field(False, description="Only three executions or more, on two days or within one.")


class GroupPage(Schema):
    items: list[GroupRow]
    next: str | None


class GroupIn(Schema):
    """What a person says of a group; what is left out stays."""

    state: GroupState | None = None
    category: Literal["", "service", "environment", "data", "timing"] | None = None
    note: str | None = Field(None, max_length=10_000)


class DiagnosisLabelOut(Schema):
    """Empty where nobody has said anything."""

    is_helpful: bool | None = None
    right_category: Literal["", "service", "environment", "data", "timing"] = ""
    labelled_by: str = ""
    labelled_at: datetime | None = None

    @classmethod
    def of(cls, label: DiagnosisLabel | None) -> "DiagnosisLabelOut":
        if label is None:
            return cls()
        return cls.model_validate(label, from_attributes=True)
