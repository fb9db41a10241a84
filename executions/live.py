"""Live values: what a running flow still needs, in clear only in a worker's memory (DESIGN §3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from executions.database import fetch_all
from flows.encryption import decrypt, encrypt
from flows.language import jsontext
from flows.language.plan import turn_of

INPUTS = "inputs"  # name of the one value the whole execution shares
RESULT = ""  # name of a step's whole result
LOOP = "*loop"  # name of what a turn's steps call its item and its number; its path is the turn's
EVERYWHERE = "*"  # stands for a turn: secrets captured in one are masked in all
KEPT = """
SELECT path, name, ciphertext, turn FROM executions_livevalue
WHERE execution_id = %(id)s::bigint AND turn = ANY(%(turns)s::text[]) ORDER BY id
"""


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
    is_for_masking: bool = False  # nobody may read it: it was captured in some turn, and is a secret in all

    @property
    def turn(self) -> str:
        """The turn whose steps may read it."""
        return EVERYWHERE if self.is_for_masking else turn_of(self.path)

    def seal(self) -> bytes:
        return seal(self.value)


def seal(value: Any) -> bytes:
    return encrypt(jsontext.dumps(value).encode())


def unseal(ciphertext: bytes | memoryview) -> Any:
    """Raises flows.encryption.CannotDecrypt."""
    return jsontext.loads(decrypt(ciphertext))


def load(execution_id: int, turns: Sequence[str] = ("",)) -> tuple[Inputs, list[Kept]]:
    """The inputs of an execution, and what its steps kept that may be read in all of `turns`, in the order they kept
    it. Secrets of other turns come along, for masking.
    """
    inputs = Inputs()
    kept: list[Kept] = []
    for value in _unsealed(execution_id, [*turns, EVERYWHERE]):
        if value.path == "" and value.name == INPUTS:
            inputs = Inputs(**value.value)
        else:
            kept.append(value)
    return inputs, kept


def load_turns(execution_id: int, turns: Sequence[str]) -> list[Kept]:
    """What the steps of these turns kept, and of no others."""
    return list(_unsealed(execution_id, turns)) if turns else []


def _unsealed(execution_id: int, turns: Sequence[str]) -> Iterator[Kept]:
    for row in fetch_all(KEPT, {"id": execution_id, "turns": list(turns)}):
        yield Kept(row["path"], row["name"], unseal(row["ciphertext"]), row["turn"] == EVERYWHERE)
