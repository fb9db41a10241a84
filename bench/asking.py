"""Asks the product for addresses in one process, and says how long the database worked on each.

    python -m bench.asking TIMES < ADDRESSES      with the settings of a stack in the environment

For each address, a line: the seconds that PostgreSQL was busy with one request, by its own clock (`active_time` of
pg_stat_database, all statements of the request together).
"""

import os
import sys

import django


def main(times: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {os.environ['BENCH_TOKEN']}", "Host": "127.0.0.1"})
    for line in sys.stdin:
        for _ in range(2):
            _ask(client, line.strip())  # plans and pages are warm, as they are for the second person of the day
        before = _busy_milliseconds()
        for _ in range(times):
            _ask(client, line.strip())
        print((_busy_milliseconds() - before) / times / 1000, flush=True)


def _ask(client: "django.test.Client", address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.content[:300]!r}"


def _busy_milliseconds() -> float:
    """Of this database. What this process's connection has not reported yet is reported first."""
    from django.db import connection

    with connection.cursor() as db:
        db.execute("SELECT pg_stat_force_next_flush()")
        db.execute("SELECT 1")  # whose end is when it is flushed
        db.execute("SELECT active_time FROM pg_stat_database WHERE datname = current_database()")
        row = db.fetchone()
    assert row is not None
    return float(row[0])


if __name__ == "__main__":
    main(int(sys.argv[1]))
