"""`check`: from the text of a flow to the flow itself, or to everything that is wrong with it."""

from collections.abc import Collection
from dataclasses import dataclass

from flows.language.checks.findings import Findings
from flows.language.checks.flow import FlowReader
from flows.language.document import read
from flows.language.problems import Problem
from flows.language.spec import FlowSpec


@dataclass(frozen=True)
class Checked:
    """What came of a text. `flow` is None exactly when there are errors. Problems are in the order of the text."""

    flow: FlowSpec | None
    problems: tuple[Problem, ...]
    filename: str = "flow.yaml"

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What blocks a run."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What to look at; blocks nothing."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def lines(self) -> list[str]:
        """Each problem as one line: `flow.yaml:12:5: error: …`."""
        return [problem.format(self.filename) for problem in self.problems]


def check(text: str | bytes, *, filename: str = "flow.yaml", known_names: Collection[str] | None = None) -> Checked:
    """Read a flow and find every problem at once. Never raises for what the text says, and takes bounded time.

    `known_names`: variables that will be there besides the flow's own, so that they draw no warning.
    """
    document = read(text)
    findings = Findings(document)
    flow = None
    if document.root is not None:
        flow = FlowReader(document.root, findings, known_names).read()
    problems = findings.problems()
    if any(problem.severity == "error" for problem in problems):
        flow = None
    return Checked(flow, problems, filename)
