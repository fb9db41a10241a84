"""Changing the encryption key while flows run."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet

from executions.live import seal, unseal
from executions.models import LiveValue, StepRun
from executions.operations.rotate_live_values import rotate_live_values

pytestmark = pytest.mark.django_db


def test_live_values_and_parked_steps_come_under_the_new_key(
    make_step_run: Callable[..., StepRun], settings: Any
) -> None:
    # Given more live values than one batch, and a parked step
    step = make_step_run(resume_state=seal({"page": 2}))
    for number in range(5):
        LiveValue.objects.create(execution=step.execution, name=f"v{number}", ciphertext=seal(number))
    # When the key changes and everything is rotated
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]
    assert rotate_live_values(batch=2) == 6
    # Then the old key is no longer needed
    settings.ENCRYPTION_KEYS = [new]
    assert [unseal(one.ciphertext) for one in LiveValue.objects.order_by("id")] == list(range(5))
    step.refresh_from_db()
    assert unseal(step.resume_state or b"") == {"page": 2}
