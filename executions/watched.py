"""What live sockets and long polls read from PostgreSQL. Called in threads of their own, off the event loop."""

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple, TypeVar

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404

from executions.database import fetch_all
from executions.listing import rows_of
from executions.lookup import find_execution, shown_steps
from executions.models import Execution
from executions.schemas import SnapshotOut
from executions.streams import Snapshot, encode_message, frame_of
from workspaces.models import Workspace
from workspaces.paging import page_of

MOST_OPEN: Final = 2000  # executions of a workspace whose numbers are compared
OVERLAP: Final = 100  # a lower id may become visible after a higher one

T = TypeVar("T")


async def in_thread(read: Callable[[], T]) -> T:
    """Run `read` in any free thread, and give its connection back: many watch, and few connections serve them."""

    def read_and_return() -> T:
        try:
            return read()
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return await sync_to_async(read_and_return, thread_sensitive=False)()


def execution_snapshot(workspace: Workspace, execution_id: int) -> Snapshot | None:
    """As GET …/executions/{id} gives it."""
    try:
        execution = find_execution(workspace, execution_id)
    except Http404:
        return None
    # Steps are read after the execution: they may be ahead of its number, and never behind it.
    text = SnapshotOut.text(execution, shown_steps(execution))
    message = f'{{"seq":{execution.event_number},"type":"snapshot","data":{text}}}'
    return Snapshot(execution.event_number, frame_of(message))


class Opening(NamedTuple):
    """How a workspace's list stands when somebody begins to watch it."""

    frame: str
    newest: int
    open_numbers: dict[int, int]


def list_opening(workspace: Workspace) -> Opening:
    """The 100 most recent, as GET …/executions gives them."""
    newest = Execution.objects.filter(workspace=workspace).only("pk").order_by("-id")
    found, following = page_of(newest, 100, key=lambda one: one.pk)
    page = {"items": rows_of(workspace, [one.pk for one in found]), "next": following, "searched_to": None}
    open_rows = Execution.objects.active().filter(workspace=workspace).order_by("-id")
    return Opening(
        frame=frame_of(encode_message(0, "snapshot", page)),
        newest=found[0].pk if found else 0,
        open_numbers=dict(open_rows.values_list("id", "event_number")[:MOST_OPEN]),
    )


class Standing(NamedTuple):
    """Where an execution is, by the record."""

    id: int
    workspace_id: int
    event_number: int
    is_open: bool


def standings_of(ids: Collection[int], newest: Mapping[int, int]) -> list[Standing]:
    """Of these executions, and of what is newer than `newest` (workspace → id)."""
    rows = fetch_all(
        """SELECT id, workspace_id, event_number, finished_at IS NULL AS is_open
             FROM executions_execution WHERE id = ANY(%(ids)s::bigint[])
           UNION
           SELECT e.id, e.workspace_id, e.event_number, e.finished_at IS NULL
             FROM unnest(%(workspaces)s::bigint[], %(newest)s::bigint[]) AS w (id, newest)
             CROSS JOIN LATERAL (SELECT * FROM executions_execution x
                                  WHERE x.workspace_id = w.id AND x.id > w.newest ORDER BY x.id LIMIT 1000) e""",
        {
            "ids": [str(one) for one in ids],
            "workspaces": [str(one) for one in newest],
            "newest": [str(max(0, one - OVERLAP)) for one in newest.values()],
        },
    )
    return [Standing(**row) for row in rows]


def number_of(workspace: Workspace, execution_id: int) -> int | None:
    """The event number of an execution; None if this workspace has no such one."""
    found = Execution.objects.filter(workspace=workspace, pk=execution_id).values_list("event_number", flat=True)
    return found.first()
