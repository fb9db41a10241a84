"""manage.py rerun_execution ID [--from-step PATH] [--as-it-was]: run it again, linked to the original."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from executions.errors import ExecutionsError
from executions.models import Execution
from executions.operations.rerun import rerun_execution
from executions.status import RerunMode, Trigger


class Command(BaseCommand):
    help = "Runs an execution again: the same flow, environment and overrides."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("execution", type=int, metavar="ID")
        parser.add_argument("--from-step", default="", metavar="PATH", help="start there, with the values kept by then")
        parser.add_argument("--as-it-was", action="store_true", help="the version of the flow that ran then")

    def handle(self, *args: Any, **options: Any) -> str:
        execution = Execution.objects.filter(pk=options["execution"]).first()
        if execution is None:
            raise CommandError(f"There is no execution #{options['execution']}.")
        try:
            new = rerun_execution(
                execution=execution,
                actor=f"{getpass.getuser()} (manage.py)",
                trigger=Trigger.CLI,
                mode=RerunMode.AS_IT_WAS if options["as_it_was"] else RerunMode.TODAY,
                from_step=options["from_step"],
            )
        except ExecutionsError as exc:
            raise CommandError(str(exc)) from exc
        return f"Execution #{new.pk} re-runs #{execution.pk}."
