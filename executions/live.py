"""Live values: what a running flow still needs, in clear only in a worker's memory (DESIGN §3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from executions.database import fetch_all
from flows.encryption import decrypt, encrypt
from flows.language import jsontext

INPUTS = "inputs"  # name of the one value the whole execution shares
RESULT = ""  # name of a step's whole result
KEPT = "SELECT path, name, ciphertext FROM executions_livevalue WHERE execution_id = %(id)s::bigint ORDER BY id"


@dataclass
class Inputs:
    """What an execution was given when it was started, fixed for its whole life."""

    overrides: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)  # of the environment, as they were then
    secrets: dict[str, Any] = field(default_factory=dict)  # likewise
    env: dict[str, Any] = field(default_factory=dict)  # the flow's own, rendered
    unresolved: dict[str, str] = field(default_factory=dict)  # flow env that did not render, and why

    @property
    def named(self) -> dict[str, Any]:
        """Everything that has a name and is not a secret of the environment."""
        return {**self.env, **self.variables, **self.overrides}


@dataclass(frozen=True)
class Kept:
    """One value to keep: a captured variable of the step at `path`, or its whole result."""

    path: str
    name: str
    value: Any

    def seal(self) -> bytes:
        return seal(self.value)


def seal(value: Any) -> bytes:
    return encrypt(jsontext.dumps(value).encode())


def unseal(ciphertext: bytes | memoryview) -> Any:
    """Raises flows.encryption.CannotDecrypt."""
    return jsontext.loads(decrypt(ciphertext))


def load(execution_id: int) -> tuple[Inputs, list[Kept]]:
    """The inputs of an execution, and what its steps kept, in the order they kept it."""
    inputs = Inputs()
    kept: list[Kept] = []
    for value in _unsealed(execution_id):
        if value.path == "" and value.name == INPUTS:
            inputs = Inputs(**value.value)
        else:
            kept.append(value)
    return inputs, kept


def _unsealed(execution_id: int) -> Iterator[Kept]:
    for row in fetch_all(KEPT, {"id": execution_id}):
        yield Kept(row["path"], row["name"], unseal(row["ciphertext"]))
