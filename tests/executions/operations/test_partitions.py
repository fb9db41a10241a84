"""The payload table's partitions, on a real PostgreSQL, while others write to it."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from django.db import connection, transaction

from executions.models import Payload
from executions.operations import partitions as module
from executions.operations.partitions import DEFAULT, drop_partitions, ensure_partitions, partitions

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _no_partitions_before() -> Iterator[None]:
    """Afterwards there are those that a migrate leaves."""
    _drop_all()
    yield
    _drop_all()
    ensure_partitions()


def _drop_all() -> None:
    with connection.cursor() as cursor:
        for partition in partitions():
            cursor.execute(f"DROP TABLE {partition.name}")
        cursor.execute(f"TRUNCATE {DEFAULT}")


def make_payload(attempt: int, at: datetime) -> None:
    Payload.objects.create(attempt_id=attempt, created_at=at, request={"n": attempt})


def rows_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ONLY {table}")
        count: int = cursor.fetchone()[0]
        return count


def test_the_weeks_ahead_are_made_once() -> None:
    made = ensure_partitions(ahead_days=30)
    assert len(made) in (5, 6)
    assert [partition.name for partition in partitions()] == made
    assert partitions()[0].end - timedelta(days=7) <= NOW < partitions()[0].end
    assert partitions()[-1].end > NOW + timedelta(days=30)
    assert all(partition.end.weekday() == 0 and partition.end.hour == 0 for partition in partitions())
    assert ensure_partitions(ahead_days=30) == []


def test_a_payload_goes_to_its_week_and_is_found_by_its_attempt() -> None:
    made = ensure_partitions()
    make_payload(7, NOW)
    make_payload(8, NOW + timedelta(days=7))
    make_payload(9, NOW - timedelta(days=400))
    assert (rows_in(made[0]), rows_in(made[1]), rows_in(DEFAULT)) == (1, 1, 1)
    assert Payload.objects.get(attempt_id=8).request == {"n": 8}


def test_what_is_in_the_default_partition_already_moves_to_its_week() -> None:
    make_payload(1, NOW)
    make_payload(2, NOW - timedelta(days=30))
    made = ensure_partitions()
    assert (rows_in(made[0]), rows_in(DEFAULT)) == (1, 1)
    assert Payload.objects.get(attempt_id=1).request == {"n": 1}


def test_a_week_with_too_many_payloads_in_the_default_partition_is_left_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOVED_AT_MOST", 1)
    make_payload(1, NOW)
    make_payload(2, NOW)
    made = ensure_partitions()
    assert len(made) in (4, 5)
    assert rows_in(DEFAULT) == 2


def waiting_for(kind: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = %s AND NOT granted", [kind])
        count: int = cursor.fetchone()[0]
        return count


def test_many_at_once_make_each_week_once() -> None:
    # Given three processes that have all come to the point of making the first week
    made: list[str] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            made.extend(ensure_partitions())
        except BaseException as exc:
            failures.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [module._LOCK])
        for thread in threads:
            thread.start()
        wait_until(lambda: waiting_for("advisory") == 3)
    # When they may go on
    for thread in threads:
        thread.join()
    # Then nobody failed, and each week was made by one of them
    assert failures == []
    assert sorted(made) == [partition.name for partition in partitions()]


def wait_until(holds: Callable[[], bool]) -> None:
    end = monotonic() + 10
    while not holds():
        assert monotonic() < end, "it never came true"


def test_a_payload_being_written_while_its_week_is_made_moves_along() -> None:
    made: list[str] = []

    def run() -> None:
        made.extend(ensure_partitions(ahead_days=0))
        connection.close()

    maker = threading.Thread(target=run)
    with transaction.atomic():
        make_payload(1, NOW)
        maker.start()
        wait_until(lambda: waiting_for("relation") == 1)
    maker.join()
    assert [rows_in(name) for name in made] == [1]


def test_a_writer_that_holds_the_default_partition_only_puts_it_off() -> None:
    held, release = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            make_payload(1, NOW - timedelta(days=400))
            held.set()
            release.wait()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    held.wait()
    try:
        assert ensure_partitions(ahead_days=0) == []
    finally:
        release.set()
        writer.join()
    assert len(ensure_partitions(ahead_days=0)) == 1


def test_only_what_is_old_as_a_whole_is_dropped() -> None:
    for start in (datetime(2020, 1, 6, tzinfo=UTC), datetime(2020, 1, 13, tzinfo=UTC)):
        assert module._alone(module._make, start)
    make_payload(1, datetime(2020, 1, 7, tzinfo=UTC))
    make_payload(2, datetime(2020, 1, 14, tzinfo=UTC))
    make_payload(3, datetime(2019, 12, 1, tzinfo=UTC))
    make_payload(4, NOW)
    assert drop_partitions(datetime(2020, 1, 15, tzinfo=UTC)) == ["executions_payload_20200106"]
    assert set(Payload.objects.values_list("attempt_id", flat=True)) == {2, 4}
    assert drop_partitions(datetime(2020, 1, 15, tzinfo=UTC)) == []
