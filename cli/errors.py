"""What can go wrong between a person and the server, each with the sentence to show and the code to exit with.

CliError                   shown as it is; the process exits with `exit_code`
├── WrongUse               an option, a file or a value that cannot be meant      2
│   └── FlowRefused        the flow has errors; `problems` lists all of them      2
├── ServerRefused          the server said no (400…499)                           2
│   ├── NotSignedIn        no token, or one the server does not know              2
│   ├── NotThere           what was named is not in this workspace                2
│   └── NotNow             it is, but its state forbids the request               2
└── ServerUnreachable      no answer, or one that is not ours                     5
    └── ConnectionLost     it broke after the request may have been read          5
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, ClassVar


class Exit(IntEnum):
    """The exit codes of `stepwell`, promised to scripts (DESIGN §7)."""

    PASSED = 0
    FAILED = 1
    WRONG_USE = 2
    TIMED_OUT = 3
    CANCELLED = 4
    UNREACHABLE = 5


# Of several runs the one that stands furthest left here decides: what was never judged outweighs what was.
WORST_FIRST = (Exit.UNREACHABLE, Exit.WRONG_USE, Exit.TIMED_OUT, Exit.FAILED, Exit.CANCELLED, Exit.PASSED)


def worst(codes: Sequence[Exit]) -> Exit:
    return min(codes, key=WORST_FIRST.index, default=Exit.PASSED)


class CliError(Exception):
    """`message` states the fact; `hint` says what to do about it."""

    exit_code: ClassVar[Exit] = Exit.WRONG_USE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class WrongUse(CliError):
    pass


class FlowRefused(WrongUse):
    """`problems` holds finished lines, `file:line:column: error: …`."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class ServerRefused(CliError):
    """`detail` is the whole problem+json document."""

    def __init__(self, message: str, hint: str = "", *, status: int, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, hint)
        self.status = status
        self.detail = detail or {}


class NotSignedIn(ServerRefused):
    pass


class NotThere(ServerRefused):
    pass


class NotNow(ServerRefused):
    pass


class ServerUnreachable(CliError):
    exit_code = Exit.UNREACHABLE


class ConnectionLost(ServerUnreachable):
    pass
