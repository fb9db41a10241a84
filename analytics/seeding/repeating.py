"""A long history: the first two rounds of flows are played, the others live the weeks of the second in another order.

Playing a run costs many times what repeating it does, which PostgreSQL does by itself: a row of `seed_run` says of each
execution which played one it repeats, in which flow, when, and how much slower. Of the first round nothing is repeated:
the story is told of it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, models, transaction

from analytics.seeding.rows import Place
from analytics.seeding.simulate import REVISION_DAYS, VERSION_DAYS
from analytics.seeding.texts import VERSIONS
from analytics.seeding.world import ENVIRONMENTS, ROUND, SeedFlow
from executions.models import Execution, StepRun

PLAYED_ROUNDS: Final = 2
FEWEST_WEEKS: Final = 4  # with fewer, what befalls a service would befall all its flows at once
AT_ONCE: Final = 20_000  # executions a transaction
APART: Final = timedelta(minutes=11)  # of two flows that repeat the same run in the same week
PLAYED: Final[Mapping[type[models.Model], str]] = {Execution: "seed_execution", StepRun: "seed_step"}
_TABLES: Final = (*PLAYED.values(), "seed_target", "seed_revision", "seed_run")


def is_repeated(flows: Sequence[SeedFlow], days: int) -> bool:
    """Whether there are flows that need not be played, and weeks enough."""
    return len(flows) > PLAYED_ROUNDS * ROUND and days >= 7 * FEWEST_WEEKS


def played_of(flows: Sequence[SeedFlow]) -> Sequence[SeedFlow]:
    return flows[: PLAYED_ROUNDS * ROUND]


def counter() -> Callable[[type[models.Model], int], list[int]]:
    """Ids for played rows, each table from 1 on: nobody else sees them."""
    last: dict[type[models.Model], int] = {}

    def following(model: type[models.Model], number: int) -> list[int]:
        first = last.get(model, 0) + 1
        last[model] = first + number - 1
        return list(range(first, first + number))

    return following


def make_tables() -> None:
    """Of this connection alone."""
    _run(f"DROP TABLE IF EXISTS {', '.join(_TABLES)}")
    for model, name in PLAYED.items():
        _run(f"CREATE TEMP TABLE {name} (LIKE {model._meta.db_table})")  # noqa: SLF001 - Django's way to ask a model
    _run(
        """CREATE TEMP TABLE seed_target (played_id bigint, turn int, flow_id bigint, name text, versions bigint[]);
           CREATE TEMP TABLE seed_revision (environment_id bigint, revisions text[]);
           CREATE TEMP TABLE seed_run (id bigint PRIMARY KEY, played bigint, flow_id bigint, flow_version_id bigint,
                                       flow_name text, revision text, queued_at timestamptz, started_at timestamptz,
                                       factor float8)"""
    )


def repeat(flows: Sequence[SeedFlow], place: Place, *, days: int, until: datetime) -> tuple[int, int]:
    """Write what was played and what repeats it, in the order of time. How many executions and step runs."""
    _fill_targets(flows, place)
    weeks = timedelta(weeks=days // 7)
    _run("CREATE INDEX ON seed_step (execution_id); ANALYZE seed_execution, seed_step, seed_target")
    _run(
        _RUNS,
        {"until": until, "since": until - weeks, "weeks": weeks.total_seconds(), "apart": APART.total_seconds()}
        | {"second": VERSION_DAYS[0], "third": VERSION_DAYS[1], "revised": REVISION_DAYS},
    )
    _run("ANALYZE seed_run")
    with connection.cursor() as db:
        db.execute("SELECT id FROM seed_run ORDER BY id")
        ids = [row[0] for row in db.fetchall()]
    steps = 0
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        with transaction.atomic():  # together: an execution that has ended has its steps
            _run(_EXECUTIONS, {"first": some[0], "last": some[-1]})
            steps += _run(_STEPS, {"first": some[0], "last": some[-1]})
    _run(f"DROP TABLE {', '.join(_TABLES)}")
    return len(ids), steps


def _fill_targets(flows: Sequence[SeedFlow], place: Place) -> None:
    """Each flow, and the played one whose runs it repeats. `turn` is 0 for those that were played."""
    played = {flow.number: place.versions[(flow.name, 1)].flow_id for flow in played_of(flows)}
    for flow in flows:
        own = place.versions[(flow.name, 1)].flow_id
        versions = [place.versions[(flow.name, number)].pk for number in range(1, VERSIONS + 1)]
        turn = max(0, flow.number // ROUND - PLAYED_ROUNDS + 1)
        of = played[flow.number if not turn else (PLAYED_ROUNDS - 1) * ROUND + flow.number % ROUND]
        _run(
            "INSERT INTO seed_target VALUES (%(of)s, %(turn)s, %(own)s, %(name)s, %(versions)s)",
            {"of": of, "turn": turn, "own": own, "name": flow.name, "versions": versions},
        )
    for name in ENVIRONMENTS:
        revisions = [place.revisions[(name, number)] for number in (1, 2)]
        environment = place.environments[name].pk
        _run(
            "INSERT INTO seed_revision VALUES (%(environment)s, %(revisions)s)",
            {"environment": environment, "revisions": revisions},
        )


def _run(sql: str, params: Mapping[str, Any] | None = None) -> int:
    with connection.cursor() as db:
        db.execute(sql, params)
        return int(db.rowcount)


# A turn later is a week later; what would lie after the end comes at the beginning. Versions and revisions are those of
# the new time. The ids are given in its order.
_RUNS: Final = f"""
    INSERT INTO seed_run
    SELECT nextval(pg_get_serial_sequence('{Execution._meta.db_table}', 'id')), played, flow_id,
           versions[1 + (days_ago < %(second)s)::int + (days_ago < %(third)s)::int], name,
           revisions[1 + (days_ago < %(revised)s)::int], at, at + waited, factor
      FROM (SELECT m.*, extract(epoch FROM %(until)s - m.at) / 86400 AS days_ago
              FROM (SELECT e.id AS played, t.*, r.revisions, e.started_at - e.queued_at AS waited,
                           CASE WHEN t.turn = 0 THEN 1 ELSE 0.9 + (e.id * 7919 + t.turn * 104729) %% 1000 / 5000.0 END
                           AS factor,
                           CASE WHEN t.turn = 0 OR e.queued_at < %(since)s THEN e.queued_at
                                ELSE %(since)s + make_interval(secs => mod(
                                     extract(epoch FROM e.queued_at - %(since)s) + t.turn * (604800 + %(apart)s),
                                     %(weeks)s)::float8)
                           END AS at
                      FROM seed_execution e JOIN seed_target t ON t.played_id = e.flow_id
                      JOIN seed_revision r USING (environment_id)) m
             ORDER BY m.at, m.played, m.turn) o"""  # noqa: S608, SLF001 - our own parts


def _insert(model: type[models.Model], source: str, replaced: Mapping[str, str]) -> str:
    """Rows of a model like those of `source`, but for some columns."""
    columns = [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001 - as above
    values = {one: replaced.get(one, f'{source}."{one}"') for one in columns}
    kept = {f'"{column}"': value for column, value in values.items() if value}
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(kept)}) SELECT {', '.join(kept.values())}"  # noqa: S608, SLF001 - our own parts
        " FROM seed_run m JOIN seed_execution e ON e.id = m.played"
    )


_OF_FLOW: Final = {"flow_id": "m.flow_id", "flow_version_id": "m.flow_version_id"}
_LATER: Final = "m.started_at + ({0} - e.started_at) * m.factor"
_WANTED: Final = " WHERE m.id BETWEEN %(first)s AND %(last)s ORDER BY m.id"
_EXECUTIONS: Final = (
    _insert(
        Execution,
        "e",
        _OF_FLOW
        | {"id": "m.id", "flow_name": "m.flow_name", "environment_revision": "m.revision"}
        | {"queued_at": "m.queued_at", "started_at": "m.started_at", "finished_at": _LATER.format("e.finished_at")},
    )
    + _WANTED
)
_STEPS: Final = (
    _insert(
        StepRun,
        "s",
        _OF_FLOW
        | {"id": "", "execution_id": "m.id"}
        | {one: _LATER.format(f"s.{one}") for one in ("started_at", "finished_at")},
    )
    + " JOIN seed_step s ON s.execution_id = e.id"
    + _WANTED
    + ", s.id"
)
