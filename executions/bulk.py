"""Which executions an order for many is for: those it names, or the newest that a search finds."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from executions.finding import finder_for
from executions.search import Search, Term
from executions.status import FINAL, Status
from workspaces.models import Workspace

MOST: Final = 500  # executions of one order
COUNTED: Final = 5_000  # of those left for another one

Verb = Literal["rerun", "cancel"]


@dataclass(frozen=True)
class Chosen:
    ids: list[int]
    left: int  # found as well, beyond the most of one order
    is_left_capped: bool = False  # there are more than `left` says


def named(ids: list[int]) -> Chosen:
    """These, each once, in the order given. Those that are not there are refused one by one, later."""
    unique = list(dict.fromkeys(ids))
    return Chosen(unique[:MOST], max(0, len(unique) - MOST))


def found(workspace: Workspace, search: Search, verb: Verb) -> Chosen:
    """What the search finds, newest first: of a cancellation only what has not ended yet."""
    if verb == "cancel":
        active = tuple(str(status) for status in Status if status not in FINAL)
        search = replace(search, terms=(*search.terms, Term("status", active)))
    ids, more, _ = finder_for(workspace, search).page(MOST + COUNTED, None)
    return Chosen(ids[:MOST], max(0, len(ids) - MOST), is_left_capped=more is not None)
