"""The scores as Markdown."""

from collections.abc import Callable, Sequence

from bench.diagnosis.cases import MISLEADING, UNSEEN, WATCH
from bench.diagnosis.scoring import PRECISION_TARGET, TOP1_TARGET, Outcome, Score, score_of

_HEAD = (
    "| cases | n | top-1 | top-1 or second label | top-2 | precision at high | the same, or second label "
    "| says high | inconclusive | evidence cited |\n|---|---|---|---|---|---|---|---|---|---|"
)
_PARTS: Sequence[tuple[str, Callable[[Outcome], bool]]] = (
    ("**all**", lambda _one: True),
    ("**held out, played once**", lambda one: one.case.series == WATCH),
    ("plain, worked on from the first", lambda one: not one.case.held_out and one.case.series == "plain"),
    ("plain, held out at first", lambda one: one.case.held_out and one.case.series == "plain"),
    ("written to mislead, then worked on", lambda one: one.case.series == MISLEADING),
    ("held out at first, then worked on", lambda one: one.case.series == UNSEEN),
    ("service", lambda one: one.case.label == "service"),
    ("environment", lambda one: one.case.label == "environment"),
    ("data", lambda one: one.case.label == "data"),
    ("timing", lambda one: one.case.label == "timing"),
    ("in confusable pairs", lambda one: bool(one.case.pairs)),
    ("without history here", lambda one: not one.case.healthy),
)


def table(outcomes: Sequence[Outcome]) -> str:
    rows = [_row(name, score_of(one for one in outcomes if belongs(one))) for name, belongs in _PARTS]
    target = f"Targets: top-1 ≥ {TOP1_TARGET:.0%}, precision at high ≥ {PRECISION_TARGET:.0%}."
    return "\n".join([_HEAD, *rows, "", target, "", *_missed(outcomes)])


def line(one: Outcome) -> str:
    """For the screen: how it came out and why."""
    sign = "✓" if one.is_top1 else "~" if one.is_accepted else "✗"
    points = " ".join(f"{name}={value:g}" for name, value in sorted(one.points.items(), key=lambda p: -p[1]) if value)
    said = f"{sign} {one.case.id} {one.case.label}: {one.category} {one.confidence}  [{points}] {', '.join(one.rules)}"
    return f"{said}  not cited: {', '.join(one.misses)}" if one.misses else said


def _row(name: str, score: Score) -> str:
    return (
        f"| {name} | {score.n} | {score.top1:.0%} | {score.accepted:.0%} | {score.top2:.0%} "
        f"| {score.precision:.0%} ({score.high_right} of {score.high}) | {score.precision_accepted:.0%} "
        f"| {score.high_share:.0%} | {score.inconclusive} | {score.recall:.0%} |"
    )


def _missed(outcomes: Sequence[Outcome]) -> list[str]:
    missed = [one for one in outcomes if not one.is_top1]
    if not missed:
        return ["Nothing was missed."]
    return [
        "| missed | what was done | label | said | played once |\n|---|---|---|---|---|",
        *(
            f"| {one.case.id} | {one.case.what} | {one.case.label} | {one.category}, {one.confidence} "
            f"| {'yes' if one.case.series == WATCH else 'no'} |"
            for one in missed
        ),
    ]
