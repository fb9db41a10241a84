"""manage.py setup_embedded: everything a stack on one machine needs before it serves, in one process."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from flows.operations.set_up_embedded import set_up_embedded
from workspaces.operations.login_link import create_login_link


class Command(BaseCommand):
    help = (
        "Migrate, then make or find the workspace, its owner, a token, the example flows; print a login link as JSON."
    )
    requires_system_checks = ()  # the processes started next run them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--home", type=Path, required=True, help="the data folder")
        parser.add_argument("--token-file", type=Path, help="where the token goes; cli-token in the data folder")
        parser.add_argument("--shop-ready-file", type=Path, help="JSON the demo shop wrote: its addresses")

    def handle(self, *args: Any, **options: Any) -> None:
        _migrate()
        made = set_up_embedded(
            token_file=options["token_file"] or options["home"] / "cli-token",
            examples=sorted((settings.BASE_DIR / "examples" / "flows").rglob("*.yaml")),
            addresses=_addresses(options["shop_ready_file"]),
        )
        for refused in made.refused:
            self.stderr.write(refused)
        answer = {
            "login_path": create_login_link(user=made.owner),
            "workspace": made.workspace.slug,
            "user": made.owner.get_username(),
            "flows_saved": made.saved,
        }
        self.stdout.write(json.dumps(answer))


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def _addresses(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return dict(found["environment"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CommandError(f"{file} does not hold the addresses of a shop.") from exc
