"""manage.py rebuild_rollups [--from DATE] [--to DATE] [--check]: make the analytics anew, or compare them."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.operations.rebuild import rebuild
from analytics.rollups.differences import differences
from executions.models import Execution
from workspaces.models import Workspace


class Command(BaseCommand):
    help = (
        "Makes the daily sums, groups of failures and scores anew from the executions that are there. What was counted"
        " of executions that have been deleted since is kept. Safe at any time and more than once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=_day, metavar="DATE", help="else the oldest there is")
        parser.add_argument("--to", dest="last", type=_day, metavar="DATE", help="else today")
        parser.add_argument("--check", action="store_true", help="change nothing; say where sums and record differ")

    def handle(self, *args: Any, **options: Any) -> str:
        last = options["last"] or datetime.now(UTC).date()
        first = options["first"] or _oldest() or last
        if first > last:
            raise CommandError(f"--from {first} is after --to {last}.")
        if options["check"]:
            return _compare(first, last)
        made = rebuild(first, last)
        said = f"{made.executions} executions of {made.days} days taken in."
        return said + (f" {made.kept} sums kept: some of their executions are gone." if made.kept else "")


def _compare(first: date, last: date) -> str:
    found = differences(first, last)
    if found:
        raise CommandError("\n".join(map(str, found)))
    return f"The sums from {first} to {last} are what the record says."


def _oldest() -> date | None:
    """Of all workspaces: their numbers and times need not run together. One descent of an index for each."""
    times = Execution.objects.order_by("queued_at").values_list("queued_at", flat=True)
    first = [times.filter(workspace=one).first() for one in Workspace.objects.values_list("pk", flat=True)]
    return min((one.astimezone(UTC).date() for one in first if one), default=None)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise ArgumentTypeError(f"{text!r} is no date. Write it as 2026-11-30.") from exc
