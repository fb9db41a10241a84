"""
What can go wrong when flows and environments are written. Messages are for people; `code` is stable.

FlowsError
├── FlowInvalid           the text has errors, or the flow cannot be kept      nothing was saved
├── FilesInvalid          more files than may come with a flow, or odd names  nothing was saved
├── EnvironmentInvalid    names or values that an environment cannot hold      nothing was saved
├── SecretRefused         too short or too common to be masked                 nothing was saved
├── VariableInvalid       the text of an override is not what the flow's variable is
├── FlowChanged           somebody saved it since the caller read it          nothing was saved
├── FlowTaken             a new flow was meant, and there is one of that name  nothing was saved
├── EnvironmentChanged    somebody saved it since the caller read it          nothing was saved
├── EnvironmentTaken      there is an environment of that name already
├── QuarantineInvalid     no reason, too long, or no such step               nothing was saved
├── FlowUnknown           no flow of that slug here
├── VersionUnknown        the flow has no version of that number
├── QuarantineUnknown     no quarantine of that number here
└── EnvironmentUnknown    no environment of that name here
"""

from collections.abc import Sequence
from typing import ClassVar

from flows.language.problems import Problem


class FlowsError(Exception):
    """Base of this package's errors."""

    code: ClassVar[str] = "flows_error"


class FlowInvalid(FlowsError):
    """The text of a flow has errors; `problems` has every one, with its place."""

    code = "flow_invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = sum(problem.severity == "error" for problem in self.problems)
        super().__init__(f"The flow has {errors} error{'' if errors == 1 else 's'}.")


class FilesInvalid(FlowsError):
    code = "files_invalid"


class EnvironmentInvalid(FlowsError):
    code = "environment_invalid"


class SecretRefused(FlowsError):
    code = "secret_refused"


class VariableInvalid(FlowsError):
    code = "variable_invalid"


class FlowChanged(FlowsError):
    """`version` is the number of the one that came between."""

    code = "flow_changed"

    def __init__(self, message: str, *, version: int) -> None:
        self.version = version
        super().__init__(message)


class FlowTaken(FlowsError):
    """`slug` is that of the flow that is there."""

    code = "flow_taken"

    def __init__(self, message: str, *, slug: str) -> None:
        self.slug = slug
        super().__init__(message)


class EnvironmentChanged(FlowsError):
    code = "environment_changed"


class EnvironmentTaken(FlowsError):
    code = "environment_taken"


class FlowUnknown(FlowsError):
    code = "flow_unknown"


class VersionUnknown(FlowsError):
    code = "version_unknown"


class EnvironmentUnknown(FlowsError):
    code = "environment_unknown"


class QuarantineInvalid(FlowsError):
    code = "quarantine_invalid"


class QuarantineUnknown(FlowsError):
    code = "quarantine_unknown"
