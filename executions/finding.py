"""Answers a search in the database, at a bounded cost however long the history is.

One index leads through the executions, newest first, and gives at most a window of them; everything else a search asks
is checked on those. A page that comes to the end of its window before it is full says so, and its cursor goes on there.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from executions.conditions import ACTOR, TROUBLED, Condition, condition_of
from executions.search import Search, Term
from executions.usual import usual_durations
from flows.models import Flow
from workspaces.models import Workspace

PAGE_WINDOW: Final = 10_000  # executions looked at for one page
COUNT_WINDOW: Final = 20_000  # and for one histogram
COSTLY_WINDOW: Final = 5_000  # for either, where each of them needs a look at others
MOST_BY_LABEL: Final = 5_000  # executions of one label that are worth collecting
MOST_ACTORS: Final = 500  # names that are told apart before a search for some
CLOCK_SLACK: Final = timedelta(minutes=5)  # ids and times run together, but not to the second
FOR_TROUBLE: Final = frozenset({"step", "error", "unresolved", "first"})
TROUBLE: Final = frozenset({"failed", "timed_out"})


@dataclass
class Lead:
    """What the leading index is asked."""

    conditions: list[Condition] = field(default_factory=list)
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Finder:
    """A search in one workspace, ready to be run."""

    workspace: Workspace
    search: Search
    lead: Lead
    rest: list[Condition]

    def size(self, size: int) -> int:
        """How many rows may be looked at where `size` may be otherwise."""
        return min(size, COSTLY_WINDOW) if any(condition.is_costly for condition in self.rest) else size

    def window(self, size: int, *, cursor: int | None = None) -> Condition:
        """The rows that are looked at, newest first."""
        bounds = [("id < %s", cursor), ("id < %s", self.lead.high), ("id > %s", self.lead.low)]
        conditions = [
            Condition("workspace_id = %s", (self.workspace.pk,)),
            *self.lead.conditions,
            *(Condition(sql, (bound,)) for sql, bound in bounds if bound is not None),
            *([Condition(f"id <= ({_NEWEST})", (self.workspace.pk,) * 2)] if cursor is None else []),
        ]
        where = _all_of(conditions)
        return Condition(
            f"SELECT * FROM executions_execution WHERE {where.sql} ORDER BY id DESC LIMIT {size:d}",  # noqa: S608
            where.params,
        )

    def found(self, window: Condition) -> Condition:
        """FROM and WHERE over a window: the rows `e` that the search finds in it."""
        rest = _all_of(self.rest)
        reads_usual = any(condition.reads_usual for condition in self.rest)
        usual = _usual_in(window) if reads_usual else Condition("")
        return Condition(
            f"FROM ({window.sql}) e {usual.sql} WHERE {rest.sql}", (*window.params, *usual.params, *rest.params)
        )

    def page(self, limit: int, cursor: int | None) -> tuple[list[int], int | None, datetime | None]:
        """Ids of the executions found, the cursor of what follows, and where the window ended if that is why."""
        size = self.size(PAGE_WINDOW)
        window = self.window(size, cursor=cursor)
        found = self.found(window)
        with connection.cursor() as db:
            db.execute(f"SELECT e.id {found.sql} ORDER BY e.id DESC LIMIT %s", [*found.params, limit + 1])
            ids = [row[0] for row in db.fetchall()]
            if len(ids) > limit:
                return ids[:limit], ids[limit - 1], None
            if not self.rest:
                return ids, None, None
            ends = "SELECT count(*), min(id), min(queued_at) FROM"
            db.execute(f"{ends} ({window.sql}) e", window.params)
            looked_at, last, oldest = db.fetchone()
        if looked_at < size or (self.search.since and oldest < self.search.since - CLOCK_SLACK):
            return ids, None, None
        return ids, last, oldest


def finder_for(workspace: Workspace, search: Search) -> Finder:
    """Choose the index that leads, and what is left to check."""
    flows = _flows_named(workspace, search)
    actors = _actors(workspace, search)
    terms = [_by_actor(term, actors) for term in search.terms]
    conditions = [(term, condition_of(term, flows)) for term in terms]
    lead = Lead()
    chosen = _choose(conditions)
    if chosen is not None:
        lead.conditions.append(conditions.pop(chosen)[1])
    else:
        _lead_by_label(workspace, conditions, lead)
    if any(_is_for_trouble(term) for term in search.terms):
        lead.conditions.append(Condition(TROUBLED))
    rest = [condition for _, condition in conditions]
    if search.since is not None:
        rest.append(Condition("e.queued_at >= %s", (search.since,)))
    if search.until is not None:
        rest.append(Condition("e.queued_at < %s", (search.until,)))
    lead.low, lead.high = _bounds(workspace, search)
    return Finder(workspace, search, lead, rest)


def _is_for_trouble(term: Term) -> bool:
    """Whether it finds only what execution_troubled and execution_troubled_by_flow hold."""
    if term.is_negated:
        return False
    return term.word in FOR_TROUBLE or (term.word == "status" and set(term.values) <= TROUBLE)


def _choose(conditions: list[tuple[Term, Condition]]) -> int | None:
    """The condition whose index gives the fewest rows in the order wanted: a number, then one flow, then trouble …"""
    best: tuple[int, int] | None = None
    for at, (term, condition) in enumerate(conditions):
        rank = condition.rank if not term.is_negated else None
        if rank is not None and (best is None or rank < best[0]):
            best = (rank, at)
    return best[1] if best else None


def _lead_by_label(workspace: Workspace, conditions: list[tuple[Term, Condition]], lead: Lead) -> None:
    """A label that few executions carry leads by the list of them; one that many carry is soon met anyway."""
    for at, (term, condition) in enumerate(conditions):
        if not condition.is_label or term.is_negated:
            continue
        with connection.cursor() as db:
            db.execute(
                f"SELECT id FROM executions_execution e WHERE workspace_id = %s AND {condition.sql} LIMIT %s",  # noqa: S608
                [workspace.pk, *condition.params, MOST_BY_LABEL + 1],
            )
            ids = [row[0] for row in db.fetchall()]
        if len(ids) <= MOST_BY_LABEL:
            lead.conditions.append(Condition("id = ANY(%s)", (ids,)))
            del conditions[at]
            return


def _bounds(workspace: Workspace, search: Search) -> tuple[int | None, int | None]:
    """Ids below and above which nothing can lie in the time asked for. None where a window reaches as far anyway."""
    low = high = None
    with connection.cursor() as db:
        if search.since is not None:
            low = _one(db, _FIRST_BEFORE, [workspace.pk, search.since - CLOCK_SLACK])
        if search.until is not None:
            high = _one(db, _FIRST_AFTER, [workspace.pk, search.until + CLOCK_SLACK])
        if low is None and high is None:
            return None, None
        rows = _one(db, _IS_LONG, [workspace.pk, PAGE_WINDOW]) or 0
    # Below a window's worth of rows the bounds save nothing, and rows may have been given any time by hand.
    return (low, high) if rows >= PAGE_WINDOW else (None, None)


# Where a workspace was busy once and is quiet now, PostgreSQL would walk to its rows through everybody's. A range that
# holds one workspace alone, and an order that names it, leave only the index of the workspaces to find this by.
_NEWEST: Final = """SELECT id FROM executions_execution WHERE workspace_id BETWEEN %s AND %s
    ORDER BY workspace_id, id DESC LIMIT 1"""
_FIRST_BEFORE: Final = """SELECT id FROM executions_execution
    WHERE workspace_id = %s AND queued_at < %s ORDER BY queued_at DESC LIMIT 1"""
_FIRST_AFTER: Final = """SELECT id FROM executions_execution
    WHERE workspace_id = %s AND queued_at >= %s ORDER BY queued_at LIMIT 1"""
_IS_LONG: Final = """SELECT count(*) FROM (SELECT FROM executions_execution WHERE workspace_id = %s LIMIT %s) w"""


def _one(db: Any, sql: str, params: list[Any]) -> int | None:
    db.execute(sql, params)
    row = db.fetchone()
    return row[0] if row else None


def _usual_in(window: Condition) -> Condition:
    """A join that says how long each row's flow usually takes in its environment."""
    with connection.cursor() as db:
        db.execute(f"SELECT DISTINCT flow_id, environment_name FROM ({window.sql}) e", window.params)  # noqa: S608
        usual = usual_durations(db.fetchall())
    return Condition(
        """LEFT JOIN unnest(%s::bigint[], %s::text[], %s::float8[]) AS usually (flow, environment, seconds)
              ON usually.flow = e.flow_id AND usually.environment = e.environment_name""",
        (
            [flow for flow, _ in usual],
            [environment for _, environment in usual],
            [milliseconds / 1000 for milliseconds in usual.values()],
        ),
    )


def _all_of(conditions: list[Condition]) -> Condition:
    sql = " AND ".join(condition.sql for condition in conditions) or "TRUE"
    return Condition(sql, tuple(param for condition in conditions for param in condition.params))


def _actors(workspace: Workspace, search: Search) -> list[str]:
    """Everybody who has started anything, if the search asks for somebody; nobody if there are too many to tell."""
    if not any(term.word == "user" for term in search.terms):
        return []
    with connection.cursor() as db:
        db.execute(_ACTORS, [workspace.pk, workspace.pk, MOST_ACTORS + 1])
        found = [row[0] for row in db.fetchall()]
    return found if len(found) <= MOST_ACTORS else []


def _by_actor(term: Term, actors: list[str]) -> Term:
    """`user:anna` as the names she is recorded by, which have an index. Without a list of them it stays as it is."""
    if term.word != "user" or not actors:
        return term
    names = [value.lower() for value in term.values]
    return replace(term, word=ACTOR, values=tuple(one for one in actors if _is_of(one.lower(), names)))


def _is_of(actor: str, names: list[str]) -> bool:
    return any(actor == name or actor.startswith(f"{name} (") for name in names)


# From name to name through execution_recent_by_actor, a descent for each.
_ACTORS: Final = """
    WITH RECURSIVE known AS (
        (SELECT actor FROM executions_execution WHERE workspace_id = %s ORDER BY actor LIMIT 1)
        UNION ALL
        SELECT (SELECT e.actor FROM executions_execution e
                 WHERE e.workspace_id = %s AND e.actor > known.actor ORDER BY e.actor LIMIT 1)
          FROM known WHERE known.actor IS NOT NULL)
    SELECT actor FROM known WHERE actor IS NOT NULL LIMIT %s"""


def _flows_named(workspace: Workspace, search: Search) -> list[tuple[int, str, str, list[str], str]]:
    """Id, slug, name, tags and suite of every flow, if the search asks for one of these."""
    if not any(term.word in {"flow", "tag", "suite"} for term in search.terms):
        return []
    return list(Flow.objects.filter(workspace=workspace).values_list("id", "slug", "name", "tags", "suite"))
