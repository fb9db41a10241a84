"""The shape of an answer: flat, every field required, so that a grammar can be made of it. Not believed yet."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

Category = Literal["service", "environment", "data", "timing"]
Likelihood = Literal["high", "medium", "low"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FailedStep(Part):
    ref: str
    what_happened: str
    evidence: list[str]


class Comparison(Part):
    field: str
    expected: str
    actual: str
    evidence: list[str]


class Pattern(Part):
    statement: str
    evidence: list[str]


class Cause(Part):
    category: Category
    likelihood: Likelihood
    statement: str
    evidence: list[str]
    counter_evidence: list[str]
    check: str


class NextStep(Part):
    text: str
    evidence: list[str]


class Answer(Part):
    summary: str
    failed_step: FailedStep
    expected_vs_actual: list[Comparison]
    patterns: list[Pattern]
    causes: list[Cause]
    next_action: NextStep
    missing_information: list[str]
    injection_suspected: bool


SCHEMA: Final[dict[str, Any]] = Answer.model_json_schema()
