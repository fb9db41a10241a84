"""
ExecutionsError         what an operation on executions refuses; the message is for people
├── AlreadyFinal        it has ended; there is nothing to cancel
├── CannotRerun         it cannot be run again the way that was asked
├── InAnotherWorkspace  it is not in this workspace but in another one of the caller's
├── SearchInvalid       a word of a search means nothing
├── NoSuchPlace         a pointer names nothing in a record
├── NoSuchRange         a file ends before the bytes that were asked for; `size` says where
├── BulkInvalid         an order for many says neither which nor what they are found by
├── BulkKeyUsedBefore   the idempotency key came with another order
├── CallRefused         a flow would run itself, or flows are nested too deep
├── RowsInvalid         rows of a batch cannot be read; `mistakes` names each with its row and column
├── BatchUnknown        no batch of that number here
├── BatchKeyUsedBefore  the idempotency key belongs to a batch that exists; it comes along
├── HookInvalid         it cannot be made, or what was posted to it does not fit
├── HookUnknown         no such hook here, or it has been revoked
├── HookCalledTooOften  more often in a minute than it may be
├── ScheduleInvalid     it could never run, or its name is taken
├── ScheduleUnknown     no schedule of that number here
├── ScheduleChanged     somebody else has edited it meanwhile
└── KeyUsedBefore       the idempotency key belongs to an execution that exists; it comes along
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from executions.batches.models import Batch
    from executions.batches.reading import Mistake
    from executions.models import Execution


class ExecutionsError(Exception):
    """An operation was refused."""


class AlreadyFinal(ExecutionsError):
    pass


class CannotRerun(ExecutionsError):
    pass


class CallRefused(ExecutionsError):
    pass


class InAnotherWorkspace(ExecutionsError):
    """Only told to somebody who may see it there; to everybody else it does not exist."""

    def __init__(self, execution_id: int, workspace: str) -> None:
        super().__init__(f"Execution #{execution_id} is in your workspace {workspace}.")
        self.workspace = workspace


class SearchInvalid(ExecutionsError):
    pass


class NoSuchPlace(ExecutionsError):
    pass


class NoSuchRange(ExecutionsError):
    def __init__(self, message: str, *, size: int) -> None:
        super().__init__(message)
        self.size = size


class BulkInvalid(ExecutionsError):
    pass


class BulkKeyUsedBefore(ExecutionsError):
    code = "key_used_before"


class RowsInvalid(ExecutionsError):
    def __init__(self, mistakes: "Sequence[Mistake]") -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(" ".join(str(mistake) for mistake in self.mistakes[:3]))


class BatchUnknown(ExecutionsError):
    pass


class BatchKeyUsedBefore(ExecutionsError):
    code = "key_used_before"

    def __init__(self, batch: "Batch") -> None:
        super().__init__(f"This idempotency key started batch {batch.pk}.")
        self.batch = batch


class HookInvalid(ExecutionsError):
    pass


class HookUnknown(ExecutionsError):
    pass


class HookCalledTooOften(ExecutionsError):
    pass


class ScheduleInvalid(ExecutionsError):
    pass


class ScheduleUnknown(ExecutionsError):
    pass


class ScheduleChanged(ExecutionsError):
    pass


class KeyUsedBefore(ExecutionsError):
    def __init__(self, execution: "Execution") -> None:
        super().__init__(f"This idempotency key started execution #{execution.pk}.")
        self.execution = execution
