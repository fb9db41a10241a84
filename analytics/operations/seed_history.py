"""Make up a history: flows, environments, and so many executions as if they had run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from django.contrib.auth.models import User
from django.db import connection, transaction

from analytics.errors import QuestionInvalid
from analytics.seeding.repeating import PLAYED, counter, is_repeated, make_tables, played_of, repeat
from analytics.seeding.rows import Place, Writer
from analytics.seeding.simulate import SeedRun, simulate
from analytics.seeding.texts import VERSIONS, text_of
from analytics.seeding.world import ENVIRONMENTS, HOSTS, SeedFlow, flows
from executions.models import Execution
from executions.operations.partitions import ensure_partitions
from flows.models import FlowVersion
from flows.operations.save_environment import save_environment
from flows.operations.save_flow import save_flow
from workspaces.models import Workspace
from workspaces.operations.create_workspace import create_workspace

BATCH: Final = 10_000  # executions a transaction
WITH_BODIES_TO: Final = 20_000  # executions; more have step runs without attempts and payloads


@dataclass(frozen=True)
class Seeded:
    workspace: Workspace
    flows: int
    executions: int
    step_runs: int


def seed_history(*, workspace: str, executions: int, days: int, flow_count: int, until: datetime, seed: int) -> Seeded:
    """Fill a workspace that has no executions; it is made if there is none of that name.

    The same arguments make the same history. Raises QuestionInvalid where there are executions already: ids and times
    run together, and a history put behind them would break that.
    """
    place_in = Workspace.objects.filter(slug=workspace).first() or _new(workspace)
    if Execution.objects.filter(workspace=place_in).exists():
        raise QuestionInvalid(f"The workspace {workspace} has executions already. Name another one.")
    made = flows(flow_count)
    place = _place(place_in, made)
    ensure_partitions()
    if executions > WITH_BODIES_TO and is_repeated(made, days):
        make_tables()
        writer = Writer(place, with_bodies=False, into=PLAYED, ids=counter())
        some = played_of(made)
        _play(writer, simulate(some, executions=_share(executions, some, made), days=days, until=until, seed=seed))
        written, step_runs = repeat(made, place, days=days, until=until)
    else:
        writer = Writer(place, with_bodies=executions <= WITH_BODIES_TO)
        runs = simulate(made, executions=executions, days=days, until=until, seed=seed)
        written, step_runs = _play(writer, runs)
    _settle()
    return Seeded(place_in, len(made), written, step_runs)


def _play(writer: Writer, runs: Iterator[SeedRun]) -> tuple[int, int]:
    written = step_runs = 0
    while batch := list(islice(runs, BATCH)):
        with transaction.atomic():
            step_runs += writer.write(batch)
        written += len(batch)
    return written, step_runs


def _share(executions: int, some: Sequence[SeedFlow], flows: Sequence[SeedFlow]) -> int:
    return round(executions * sum(one.per_day for one in some) / sum(one.per_day for one in flows))


def _settle() -> None:
    """What autovacuum would do by and by: statistics, and a map of what all can see, without which no index covers."""
    vacuum = "" if connection.in_atomic_block else "VACUUM "
    with connection.cursor() as db:
        for table in ("executions_execution", "executions_steprun"):
            db.execute(f"{vacuum}ANALYZE {table}")


def _new(slug: str) -> Workspace:
    owner = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    return create_workspace(slug=slug, name=slug.replace("-", " ").capitalize(), admin=owner)


def _place(workspace: Workspace, made: list[SeedFlow]) -> Place:
    versions: dict[tuple[str, int], FlowVersion] = {}
    for flow in made:
        for number in range(1, VERSIONS + 1):
            versions[(flow.name, number)] = save_flow(
                workspace=workspace, text=text_of(flow, number), by=None, actor="seed_history"
            ).version
    environments, revisions = {}, {}
    for name in ENVIRONMENTS:
        for number in (1, 2):
            environment = save_environment(
                workspace=workspace,
                name=name,
                description="Made up.",
                variables={"REGION": f"eu-{number}", "DOMAIN": HOSTS[name]},
                by=None,
                actor="seed_history",
            )
            environments[name], revisions[(name, number)] = environment, environment.revision
    return Place(workspace.pk, versions, environments, revisions)
