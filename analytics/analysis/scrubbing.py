"""Masks once more all that is sent: the record does not know what became a secret later, or only looks like one."""

import re
from typing import Any, Final

from executions.masking import Masker
from executions.masking.marks import mark
from executions.operations.start import environment_secrets
from flows.encryption import CannotDecrypt
from flows.models import Environment
from workspaces.models import Workspace

_SHAPES: Final = (
    ("jwt", re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?")),
    ("private_key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.S)),
    ("access_key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("token", re.compile(r"\b(?:gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,}|(?:sk-|stw_|glpat-)[\w-]{16,})")),
    ("email", re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b")),
)  # fmt: skip
_DIGITS: Final = re.compile(r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.-])")


def masker_of(workspace: Workspace) -> Masker:
    """Knows every secret that any environment of the workspace has now."""
    secrets: dict[str, str] = {}
    for environment in Environment.objects.filter(workspace=workspace).prefetch_related("variables"):
        try:
            found = environment_secrets(environment)
        except CannotDecrypt:  # then nobody can have used it since, and the record was masked by the old key
            continue
        secrets |= {name: str(value) for name, value in found.items()}
    return Masker(secrets)


def scrubbed(value: Any, masker: Masker) -> Any:
    """`value` with secrets, and what looks like one, replaced by marks: equals stay equal."""
    return _walk(masker.learning_from(value).value(value))


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return _shapes(value)
    if isinstance(value, dict):
        return {_shapes(str(name)): _walk(one) for name, one in value.items()}
    return [_walk(one) for one in value] if isinstance(value, list | tuple) else value


def _shapes(text: str) -> str:
    for name, shape in _SHAPES:
        text = shape.sub(mark(name), text)
    return _DIGITS.sub(lambda found: mark("card") if _is_card(found[0]) else found[0], text)


def _is_card(text: str) -> bool:
    """By the check digit of payment cards (Luhn), and the digits they begin with."""
    digits = [int(char) for char in text if char.isdigit()]
    if digits[0] not in (2, 3, 4, 5, 6):
        return False
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
