"""Keep a secret of an environment, encrypted. It can be replaced and used, and is never shown again."""

from typing import Final

from django.utils import timezone

from flows.common_values import COMMON
from flows.encryption import CannotDecrypt, decrypt, encrypt
from flows.errors import SecretRefused
from flows.language import jsontext
from flows.models import Environment, Variable

SHORTEST: Final = 6
LONGEST: Final = 64 * 1024
FEWEST_DISTINCT: Final = 3  # characters: `000000` is in every record


def check_secret(name: str, value: str) -> None:
    """Raises SecretRefused, never quoting the value."""
    if len(value) < SHORTEST:
        raise SecretRefused(
            f"The value of {name} has {len(value)} characters. A secret needs at least {SHORTEST}: a shorter one would "
            f"be masked wherever it happens to occur. Store it as a variable, or choose a longer one."
        )
    if len(value) > LONGEST:
        raise SecretRefused(f"The value of {name} has {len(value)} characters. A secret may have {LONGEST}.")
    if value.strip().casefold() in COMMON or len(set(value)) < FEWEST_DISTINCT:
        raise SecretRefused(
            f"The value of {name} is too common to be a secret: it would be masked all over the record. "
            f"Store it as a variable, or choose another one."
        )


def set_secret(*, environment: Environment, name: str, value: str) -> Variable:
    """Set or replace the secret `name`; the same value again changes nothing. Raises SecretRefused.

    Runs inside the transaction of whoever saves the environment and holds its row; `save_environment` is the door.
    """
    check_secret(name, value)
    variable = environment.variables.filter(name=name).first() or Variable(environment=environment, name=name)
    if variable.is_secret and _is(variable, value):
        return variable
    environment.secret_changes += 1
    environment.save(update_fields=["secret_changes"])
    variable.is_secret, variable.value_json = True, ""
    variable.ciphertext = encrypt(jsontext.dumps(value).encode())  # JSON: any text survives
    variable.secret_version = environment.secret_changes
    variable.updated_at = timezone.now()
    variable.save()
    return variable


def _is(variable: Variable, value: str) -> bool:
    try:
        return bool(jsontext.loads(decrypt(variable.ciphertext or b"")) == value)
    except CannotDecrypt:
        return False  # its key is gone: the value that comes now is the one that counts
