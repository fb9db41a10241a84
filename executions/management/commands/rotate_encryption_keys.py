"""manage.py rotate_encryption_keys: bring everything stored in secret under the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from executions.operations.rotate_live_values import rotate_live_values
from flows.encryption import CannotDecrypt
from flows.operations.rotate_secrets import rotate_secrets


class Command(BaseCommand):
    help = (
        "Re-encrypt secrets and live values with the first of STEPWELL_ENCRYPTION_KEYS. "
        "Put the new key first, restart everything, run this, then take the old key away."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            secrets, values = rotate_secrets(), rotate_live_values()
        except CannotDecrypt as exc:
            raise CommandError(f"{exc} Put the key back into STEPWELL_ENCRYPTION_KEYS and run this again.") from exc
        self.stdout.write(f"{secrets} secrets and {values} live values are under the newest key.")
