"""How flows, versions and environments were used lately, as the API tells it."""

from datetime import datetime

from ninja import Field, Schema
from pydantic import computed_field

from executions.schemas import milliseconds


class PastRunOut(Schema):
    """An execution in a strip: enough to draw and to open it."""

    id: int
    status: str
    environment: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property
    @property
    def duration_ms(self) -> int | None:
        return milliseconds(self.started_at, self.finished_at)


class RecentOut(Schema):
    flow: str
    last: PastRunOut | None = Field(description="The newest, which may still be on its way.")
    finished: list[PastRunOut] = Field(description="The last 30 that have ended, oldest first.")
    passed: int = Field(description="How many of `finished` passed.")
    usual_ms: int | None = Field(description="The median duration of those that passed.")


class FlowUseOut(Schema):
    flow: str
    name: str
    runs: int
    last: PastRunOut


class EnvironmentUsageOut(Schema):
    """What ran against an environment, among the last 200 runs there."""

    environment: str
    runs: int
    is_capped: bool
    flows: list[FlowUseOut]
    waits: str | None = Field(None, description="Why what is started against it now would wait, where no worker runs.")


class VersionUsageOut(Schema):
    version: int
    runs: int
    last: PastRunOut


class VersionUsesOut(Schema):
    """Which versions the last 1,000 runs of a flow ran."""

    runs: int
    is_capped: bool
    versions: list[VersionUsageOut]


class RecentQuery(Schema):
    flow: list[str] = Field(default_factory=list, max_length=500, description="Slugs.")


class UsageQuery(Schema):
    environment: list[str] = Field(default_factory=list, max_length=500, description="Names.")


class VersionsQuery(Schema):
    flow: str
