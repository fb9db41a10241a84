"""Bring stored secrets under the newest encryption key."""

from django.db import transaction

from flows.encryption import rotate
from flows.models import Variable


def rotate_secrets(*, batch: int = 200) -> int:
    """Re-encrypt every secret of every environment and say how many. Raises CannotDecrypt at one it cannot open."""
    last, done = 0, 0
    while True:
        with transaction.atomic():
            rows = list(Variable.objects.select_for_update().filter(is_secret=True, pk__gt=last).order_by("pk")[:batch])
            for row in rows:
                row.ciphertext = rotate(row.ciphertext or b"")
                row.save(update_fields=["ciphertext"])
        if not rows:
            return done
        last, done = rows[-1].pk, done + len(rows)
