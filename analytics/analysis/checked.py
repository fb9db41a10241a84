"""What is left of an answer once code has checked it: what people see."""

from dataclasses import dataclass, field

from analytics.analysis.answer import Category, Likelihood


@dataclass(frozen=True)
class LeftOut:
    """A claim that is not shown, and the reason. Not its words: they are what could not be proved."""

    part: str
    why: str


@dataclass(frozen=True)
class CheckedText:
    text: str
    evidence: list[str]


@dataclass(frozen=True)
class CheckedComparison:
    field: str
    expected: str
    actual: str
    evidence: list[str]


@dataclass(frozen=True)
class CheckedCause:
    """`capped` says why it is less likely here than the model said; else empty."""

    category: Category
    likelihood: Likelihood
    statement: str
    evidence: list[str]
    counter_evidence: list[str]
    check: str
    capped: str = ""


@dataclass
class Checked:
    summary: str = ""
    failed_step: CheckedText | None = None
    expected_vs_actual: list[CheckedComparison] = field(default_factory=list)
    patterns: list[CheckedText] = field(default_factory=list)
    causes: list[CheckedCause] = field(default_factory=list)
    next_action: CheckedText | None = None
    missing_information: list[str] = field(default_factory=list)
    injection_suspected: bool = False
    injected_by: list[str] = field(default_factory=list)  # items whose text reads like orders, found by code
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no claim stood."""
        return not (self.failed_step or self.expected_vs_actual or self.patterns or self.causes)
