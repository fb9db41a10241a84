"""manage.py fake_anthropic: a stand-in for the model's API: for demos, and for trying out what goes wrong."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.analysis.fake import BEHAVIOURS, FakeAnthropic


class Command(BaseCommand):
    help = (
        "Serves the Messages API on loopback. Start Stepwell with ANTHROPIC_BASE_URL set to the address it prints, and"
        " with any ANTHROPIC_API_KEY. `canned` answers from the evidence it is sent; the others misbehave."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8765, help="0 picks a free one (8765)")
        parser.add_argument("--pause", type=float, default=0.05, metavar="S", help="seconds between two pieces (0.05)")
        parser.add_argument(
            "behaviour", nargs="*", default=["canned"], metavar="BEHAVIOUR",
            help=f"one for each request, the last one for all that follow: {', '.join(BEHAVIOURS)} (canned)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            fake = FakeAnthropic(list(options["behaviour"]), port=options["port"], pause=options["pause"])
        except (ValueError, OSError) as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"ANTHROPIC_BASE_URL={fake.url}")
        self.stdout.flush()
        try:
            fake.serve()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
