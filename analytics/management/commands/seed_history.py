"""manage.py seed_history: a made-up history for demos, screenshots and benchmarks."""

from argparse import ArgumentParser
from datetime import timedelta
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from analytics.errors import AnalyticsError
from analytics.models import RollupState
from analytics.operations.rebuild import rebuild
from analytics.operations.roll_up import roll_up
from analytics.operations.seed_history import WITH_BODIES_TO, seed_history


class Command(BaseCommand):
    help = (
        "Fills a workspace with a made-up history: a dozen flows with the rhythm of weeks, flaky steps, outages, a"
        f" service that became slow, failures that come back. Up to {WITH_BODIES_TO} executions have attempts and"
        " payloads as well. Beyond twenty flows only the runs of the first twenty are made up one by one, and the"
        " others repeat them in other weeks: a million executions of 200 flows have ten million step runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", default="history", metavar="SLUG", help="made if there is none (history)")
        parser.add_argument("--executions", type=int, default=5_000, metavar="N", help="about so many (5000)")
        parser.add_argument("--days", type=int, default=60, metavar="N", help="that they are spread over (60)")
        parser.add_argument(
            "--flows", type=int, default=10, metavar="N", help="the same ten again beyond ten, longer (10)"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another history (1)")
        parser.add_argument("--no-rollup", action="store_true", help="leave the sums to the workers")

    def handle(self, *args: Any, **options: Any) -> str:
        for name in ("executions", "days", "flows"):
            if options[name] < 1:
                raise CommandError(f"--{name} {options[name]}: it must be 1 or more.")
        began = monotonic()
        try:
            made = seed_history(
                workspace=options["workspace"],
                executions=options["executions"],
                days=options["days"],
                flow_count=options["flows"],
                until=timezone.now(),
                seed=options["seed"],
            )
        except AnalyticsError as exc:
            raise CommandError(str(exc)) from exc
        if not options["no_rollup"]:
            _sum_up(options["executions"], options["days"])
        return (
            f"{made.executions} executions with {made.step_runs} step runs of {made.flows} flows in the workspace"
            f" {made.workspace.slug}, in {monotonic() - began:.0f} s."
        )


def _sum_up(executions: int, days: int) -> None:
    """A roll-up looks only at what ended since the one before it: what is made up lies before that."""
    today = timezone.now().date()
    if executions <= WITH_BODIES_TO or RollupState.objects.exists():
        rebuild(today - timedelta(days=days), today)
    else:
        roll_up()
