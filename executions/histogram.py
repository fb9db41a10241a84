"""How many executions a search finds, over time and by status."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection

from executions.finding import COUNT_WINDOW, Finder
from executions.schemas import Bucket, HistogramOut

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86_400
LENGTHS: Final = (
    1, 5, 15, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY,
    28 * DAY, 364 * DAY,
)  # fmt: skip


def histogram_of(finder: Finder, *, buckets: int, now: datetime) -> HistogramOut:
    """Counts through the newest COUNT_WINDOW executions that the leading index gives, and says when there are more."""
    window = finder.window(COUNT_WINDOW)
    with connection.cursor() as db:
        db.execute(f"SELECT count(*), min(queued_at) FROM ({window.sql}) e", window.params)  # noqa: S608 - our own parts
        looked_at, oldest = db.fetchone()
        is_capped = looked_at >= COUNT_WINDOW
        until = finder.search.until or now
        since = finder.search.since or (oldest if oldest and oldest < until else until - timedelta(hours=1))
        since = max(since, EARLIEST)
        if is_capped and oldest > since:
            since = oldest
        elif finder.search.since is not None:
            is_capped = False
        length = next((one for one in LENGTHS if (until - since).total_seconds() / one <= buckets), LENGTHS[-1])
        found = finder.found(window)
        db.execute(
            f"""SELECT floor(extract(epoch FROM e.queued_at) / {length:d})::bigint, e.status, count(*) {found.sql}
                GROUP BY 1, 2 ORDER BY 1""",  # noqa: S608 - our own parts
            found.params,
        )
        rows = db.fetchall()
    return _shown(rows, since=since, until=until, length=length, is_capped=is_capped)


def _shown(
    rows: list[tuple[int, str, int]], *, since: datetime, until: datetime, length: int, is_capped: bool
) -> HistogramOut:
    totals: Counter[str] = Counter()
    by_bucket: dict[int, dict[str, int]] = {}
    for bucket, status, number in rows:
        totals[status] += number
        by_bucket.setdefault(bucket, {})[status] = number
    first, last = int(since.timestamp()) // length, int(until.timestamp()) // length
    return HistogramOut(
        since=since,
        until=until,
        bucket_seconds=length,
        buckets=[
            Bucket(at=datetime.fromtimestamp(number * length, UTC), counts=by_bucket.get(number, {}))
            for number in range(min(first, *by_bucket, first), max(last, *by_bucket, last) + 1)
        ],
        counts=dict(totals),
        total=totals.total(),
        is_capped=is_capped,
    )
