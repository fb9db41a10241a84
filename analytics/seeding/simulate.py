"""Plays the made-up history: executions in the order they were queued, each with its steps. Pure, and repeatable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import cos, exp, pi
from random import Random
from typing import Final

from analytics.seeding.story import Story, Trouble, slowness
from analytics.seeding.world import ENVIRONMENTS, SeedFlow, SeedStep

SHARES: Final = {"production": 0.4, "staging": 0.4, "qa": 0.2}
WEEKEND: Final = 0.35  # of a working day's runs
NIGHT: Final = 2  # the hour of flows that run less than OFTEN a day
OFTEN: Final = 6
PEOPLE: Final = ("anna", "bjarne", "chiara", "dmitri", "elif")
VERSION_DAYS: Final = (30.0, 7.0)  # days ago on which version 2 and version 3 came
REVISION_DAYS: Final = 14.0  # days ago on which the environments were changed


@dataclass
class SeedStepRun:
    step: SeedStep
    position: int
    status: str
    started_at: datetime
    finished_at: datetime
    attempts: int = 1
    trouble: Trouble | None = None  # of a failure, or of what a retry overcame

    @property
    def recovered(self) -> bool:
        return self.status == "passed" and self.attempts > 1


@dataclass
class SeedRun:
    flow: SeedFlow
    version: int
    environment: str
    revision: int  # 1, or 2 since the environments were changed
    trigger: str
    actor: str
    queued_at: datetime
    started_at: datetime
    status: str = "passed"
    steps: list[SeedStepRun] = field(default_factory=list)

    @property
    def finished_at(self) -> datetime:
        return self.steps[-1].finished_at + timedelta(milliseconds=2)

    @property
    def failed(self) -> SeedStepRun | None:
        return next((one for one in self.steps if one.status == "failed"), None)


def simulate(flows: Sequence[SeedFlow], *, executions: int, days: int, until: datetime, seed: int) -> Iterator[SeedRun]:
    """About so many executions, spread over the days before `until` by what each flow does in a week."""
    draw = Random(seed)  # noqa: S311 - nobody's secret
    stories = {flow.name: Story(flow) for flow in flows}
    by_day = [flow.per_day if flow.per_day >= OFTEN else 0 for flow in flows]
    by_night = [flow.per_day if flow.per_day >= OFTEN else 48 * flow.per_day for flow in flows]
    since = until - timedelta(days=days)
    for at in _moments(executions, since, until, draw):
        flow = draw.choices(flows, by_night if at.hour == NIGHT else by_day)[0]
        environment = draw.choices(ENVIRONMENTS, [SHARES[one] for one in ENVIRONMENTS])[0]
        yield _run(flow, stories[flow.name], environment, at, until, draw)


def _moments(number: int, since: datetime, until: datetime, draw: Random) -> list[datetime]:
    """Times with the rhythm of weeks and days, in order."""
    hours = int((until - since).total_seconds() // 3600)
    starts = [since + timedelta(hours=at) for at in range(hours)]
    weights = [_busy(at) for at in starts]
    picked = draw.choices(range(hours), weights, k=number)
    return sorted(starts[hour] + timedelta(seconds=draw.random() * 3600) for hour in picked)


def _busy(at: datetime) -> float:
    local = at.astimezone(UTC)
    by_hour = 0.35 + 0.65 * max(0.0, cos((local.hour - 13) / 24 * 2 * pi))
    return by_hour * (WEEKEND if local.weekday() >= 5 else 1.0)


def _run(flow: SeedFlow, story: Story, environment: str, at: datetime, until: datetime, draw: Random) -> SeedRun:
    days_ago = (until - at).total_seconds() / 86_400
    trigger = flow.trigger if draw.random() < 0.85 else draw.choice(("user", "api", "cli"))
    run = SeedRun(
        flow=flow,
        version=1 + sum(days_ago < since for since in VERSION_DAYS),
        environment=environment,
        revision=2 if days_ago < REVISION_DAYS else 1,
        trigger=trigger,
        actor="nightly" if trigger == "schedule" else draw.choice(PEOPLE),
        queued_at=at,
        started_at=at + timedelta(milliseconds=3 + 20 * draw.random()),
    )
    _play(run, story, days_ago, draw)
    return run


def _play(run: SeedRun, story: Story, days_ago: float, draw: Random) -> None:
    now = run.started_at
    # One in a few hundred is stopped by hand, or by its deadline, in the middle.
    stopped = draw.choices(("", "cancelled", "timed_out"), (0.994, 0.004, 0.002))[0]
    stops_at = draw.randrange(len(run.flow.steps)) if stopped else -1
    is_over = False
    for position, step in enumerate(run.flow.steps):
        if is_over and step.section != "teardown":
            continue
        took = step.ms * slowness(step, run.environment, days_ago) * exp(draw.gauss(0, 0.18)) + 0.4
        found = _step(step, position, now, took, story, run.environment, days_ago, draw)
        if position == stops_at and step.section == "steps":
            found.status, found.trouble, run.status, is_over = "cancelled", None, stopped, True
        elif found.status == "failed":
            run.status, is_over = ("failed" if run.status == "passed" else run.status), True
        run.steps.append(found)
        now = found.finished_at + timedelta(milliseconds=0.6)


def _step(
    step: SeedStep,
    position: int,
    now: datetime,
    took: float,
    story: Story,
    environment: str,
    days_ago: float,
    draw: Random,
) -> SeedStepRun:
    if step.condition and draw.random() < 0.7:
        return SeedStepRun(step, position, "skipped", now, now + timedelta(milliseconds=0.3))
    trouble, is_overcome = story.befalls(step, environment, days_ago, draw)
    if trouble is None:
        return SeedStepRun(step, position, "passed", now, now + timedelta(milliseconds=took))
    attempts = 2 if is_overcome else 1
    wasted = 1000.0 + took * 2 if is_overcome else took * 3 if trouble.kind == "timeout" else took
    status = "passed" if is_overcome else "failed"
    return SeedStepRun(step, position, status, now, now + timedelta(milliseconds=wasted), attempts, trouble)
