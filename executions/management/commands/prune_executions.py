"""manage.py prune_executions [--days N]: delete old executions, old bodies, and values kept for re-runs."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from executions.operations.prune import prune_executions

DAYS = 90


class Command(BaseCommand):
    help = (
        "Deletes executions that ended more than N days ago, with everything recorded about them, and makes the payload"
        " partitions of the coming weeks. Running executions are never touched. Safe at any time and more than once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=_days, default=DAYS, metavar="N", help=f"keep this many (default {DAYS})")

    def handle(self, *args: Any, **options: Any) -> str:
        pruned = prune_executions(older_than_days=options["days"])
        return (
            f"{pruned.executions} executions and {pruned.live_values} live values deleted,"
            f" {len(pruned.partitions)} payload partitions dropped."
        )


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of days from 1 up.")
    return int(text)
