"""
What can go wrong when flows and environments are written. Messages are for people; `code` is stable.

FlowsError
├── FlowInvalid           the text has errors, or the flow cannot be kept      nothing was saved
├── FilesInvalid          more files than may come with a flow, or odd names  nothing was saved
├── EnvironmentInvalid    names or values that an environment cannot hold      nothing was saved
├── SecretRefused         too short or too common to be masked                 nothing was saved
├── VariableInvalid       the text of an override is not what the flow's variable is
├── FlowUnknown           no flow of that slug here
├── VersionUnknown        the flow has no version of that number
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


class FlowUnknown(FlowsError):
    code = "flow_unknown"


class VersionUnknown(FlowsError):
    code = "version_unknown"


class EnvironmentUnknown(FlowsError):
    code = "environment_unknown"
