"""Small flows for the tests of the language, and a way to say what was found in one."""

from textwrap import dedent

from flows.language.check import check
from flows.language.problems import Problem
from flows.language.spec import FlowSpec


def flow_with(steps: str, *, top: str = "") -> str:
    """A flow with these lines as its main steps and these lines beside them."""
    return f"name: A flow\n{dedent(top).strip()}\nsteps:\n{dedent(steps).strip(chr(10))}\n"


def good(text: str) -> FlowSpec:
    """The flow in `text`, which has no error."""
    checked = check(text)
    assert checked.flow is not None, checked.lines()
    return checked.flow


def found(text: str | bytes) -> list[tuple[str, str]]:
    """(severity, code) of each problem, in the order of the text."""
    return [(problem.severity, problem.code) for problem in check(text).problems]


def only_problem(text: str | bytes) -> Problem:
    """The one problem there is."""
    problems = check(text).problems
    assert len(problems) == 1, [problem.format("f") for problem in problems]
    return problems[0]


def marked(text: str) -> tuple[str, tuple[int, int]]:
    """The text without the mark » in it, and the line and column the mark stood at."""
    before, after = text.split("»")
    return before + after, (before.count("\n") + 1, len(before) - before.rfind("\n"))
