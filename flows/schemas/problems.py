"""A problem of a flow's text, as the API shows it."""

from typing import Literal

from ninja import Schema

from flows.language.problems import Problem


class ProblemOut(Schema):
    severity: Literal["error", "warning"]
    code: str
    message: str
    line: int
    column: int
    path: str
    suggestion: str | None

    @classmethod
    def of(cls, problem: Problem) -> "ProblemOut":
        return cls(
            severity=problem.severity,
            code=problem.code,
            message=problem.message,
            line=problem.line,
            column=problem.column,
            path=problem.path,
            suggestion=problem.suggestion,
        )
