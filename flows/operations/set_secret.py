"""Keep a secret of an environment, encrypted. It can be replaced and used, and is never shown again."""

from typing import Final

from django.utils import timezone

from flows.encryption import CannotDecrypt, decrypt, encrypt
from flows.errors import SecretRefused
from flows.models import Environment, Variable

SHORTEST: Final = 6
LONGEST: Final = 64 * 1024
FEWEST_DISTINCT: Final = 3  # characters: `000000` is in every record

# Every place in a record where a secret's value appears is masked. These words are everywhere, so that masking them
# would black out the record and show by its gaps what the secret is.
COMMON: Final = frozenset(
    """
    accept access account action active amount answer application application/json authorization basic bearer boolean
    bucket catalog changeme charset checkout client config connection consumer content content-type cookie count
    create created currency customer database default delete deleted demo123 description development disabled
    document enabled encoding environment example example.com failed filter format gateway guest123 header headers
    http:// https:// health integer internal invalid keep-alive kafka-0 letmein localhost localhost:5432 localhost:6379
    localhost:8000 localhost:8080 localhost:9092 location login logout master message messages method missing monday
    mysql:// number object offset options order orders partition passed passwd password password1 password123 patch
    payload payment payments pending postgres postgresql postgresql:// primary private product production products
    producer public pwd123 qwerty rabbitmq reader redis:// refund refused region request response result running
    secret secret123 select server service session sql_ascii staging standard started status stepwell string success
    system target test123 test1234 testing text/html text/plain timeout timestamp token tokens topics unicode
    unknown update updated user123 username utf-8 value values version welcome workers workspace writer
    123456 1234567 12345678 123456789 1234567890 0.0.0.0 127.0.0.1 0123456789 abcdef abc123
    """.split()
)


def check_secret(name: str, value: str) -> None:
    """Raises SecretRefused, never quoting the value."""
    if len(value) < SHORTEST:
        raise SecretRefused(
            f"The value of {name} has {len(value)} characters. A secret needs at least {SHORTEST}: a shorter one would "
            f"be masked wherever it happens to occur. Store it as a variable, or choose a longer one."
        )
    if len(value) > LONGEST:
        raise SecretRefused(f"The value of {name} has {len(value)} characters. A secret may have {LONGEST}.")
    if "\x00" in value:
        raise SecretRefused(f"The value of {name} has a NUL character in it. Encode binary secrets as base64.")
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
    variable.ciphertext = encrypt(value.encode("utf-8", "surrogatepass"))
    variable.secret_version = environment.secret_changes
    variable.updated_at = timezone.now()
    variable.save()
    return variable


def _is(variable: Variable, value: str) -> bool:
    try:
        return decrypt(variable.ciphertext or b"") == value.encode("utf-8", "surrogatepass")
    except CannotDecrypt:
        return False  # its key is gone: the value that comes now is the one that counts
