"""How long a flow usually takes: the median of the last executions that passed, of one flow in one environment."""

from collections.abc import Iterable
from statistics import median
from time import monotonic
from typing import Final, NamedTuple

from executions.database import fetch_all

USUAL_OF: Final = 20  # passed executions
KEPT_SECONDS: Final = 15.0  # one execution more hardly moves the median of twenty
MOST_KEPT: Final = 20_000  # pairs: some megabytes

Pair = tuple[int, str]  # a flow's id, and the name of an environment or ""


class _Kept(NamedTuple):
    milliseconds: int
    until: float  # monotonic seconds


_kept: dict[Pair, _Kept] = {}


def usual_durations(pairs: Iterable[Pair]) -> dict[Pair, int]:
    """Flow and environment → the median duration in ms, where one has passed; at most a quarter of a minute old."""
    wanted, now = set(pairs), monotonic()
    found = {pair: kept.milliseconds for pair in wanted if (kept := _kept.get(pair)) is not None and kept.until > now}
    missing = sorted(wanted - found.keys())
    if missing:
        read = _read(missing)
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        _kept.update({pair: _Kept(milliseconds, now + KEPT_SECONDS) for pair, milliseconds in read.items()})
        found |= read
    return found


def _read(pairs: list[Pair]) -> dict[Pair, int]:
    rows = fetch_all(
        _LAST,
        {"flows": [str(flow) for flow, _ in pairs], "environments": [name for _, name in pairs], "last": USUAL_OF},
    )
    return {
        (row["flow_id"], row["environment"]): round(median(map(int, row["took"].split())) / 1000)
        for row in rows
        if row["took"]
    }


# One descent of execution_passed for each, and no visit to the table. In microseconds, and the median is taken
# elsewhere: sorting, and numbers with a point, cost more than all the rest.
_LAST: Final = """
    SELECT w.flow_id, w.environment, array_to_string(ARRAY(
               SELECT (date_part('epoch', finished_at - started_at) * 1000000)::bigint FROM executions_execution
                WHERE flow_id = w.flow_id AND environment_name = w.environment AND status = 'passed'
                ORDER BY id DESC LIMIT %(last)s::int), ' ') AS took
      FROM unnest(%(flows)s::bigint[], %(environments)s::text[]) AS w (flow_id, environment)"""
