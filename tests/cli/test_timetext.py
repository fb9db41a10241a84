"""Times as people type them."""

from datetime import UTC, datetime

import pytest

from cli.errors import WrongUse
from cli.timetext import local, read_time

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", "2026-03-01T10:00:00+00:00"),
        ("1m30s", "2026-03-01T11:58:30+00:00"),
        ("3d", "2026-02-26T12:00:00+00:00"),
        ("2026-02-01T10:00:00Z", "2026-02-01T10:00:00+00:00"),
        ("2026-02-01T10:00:00+02:00", "2026-02-01T10:00:00+02:00"),
    ],
)
def test_a_date_or_how_long_ago(text: str, moment: str) -> None:
    assert read_time(text, option="--since", now=NOON) == moment


def test_a_date_without_a_zone_is_local() -> None:
    found = datetime.fromisoformat(read_time("2026-02-01", option="--since"))
    assert found == datetime(2026, 2, 1).astimezone()


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "-1h", "999999999999d"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(WrongUse, match=r"--since .* is not a time\. Write a date"):
        read_time(text, option="--since", now=NOON)


def test_times_of_the_server_are_shown_on_the_local_clock() -> None:
    assert local("2026-03-01T12:00:00Z") == NOON.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    assert local(None) == "–"
