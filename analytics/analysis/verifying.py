"""After the answer, code decides. A claim is shown only if

1. it has the shape it should have,
2. every item it cites exists, and it cites at least one,
3. what can be looked up in it (numbers, codes, hosts, steps, quoted words) stands in the items it cites,
4. it is not likelier than a decisive rule leaves it, 5. nor than history alone makes it,
6. and then as plain text. 7. If nothing is left, the answer is rejected as a whole.

Advice (`next_action`, `check`) takes no name from bodies that systems under test wrote, and repeats none of
their sentences.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from analytics.analysis.answer import Answer, Cause, Comparison, FailedStep, Likelihood, NextStep, Pattern
from analytics.analysis.checked import Checked, CheckedCause, CheckedComparison, CheckedText, LeftOut
from analytics.analysis.cleaning import plain
from analytics.analysis.ground import BODIES, HISTORY, Ground
from analytics.analysis.injection import repeats
from analytics.analysis.tokens import Known, unknown_words

MOST: Final = 8  # patterns, comparisons, missing informations
MOST_IDS: Final = 12
_ORDER: Final[dict[str, int]] = {"high": 0, "medium": 1, "low": 2}


def verified(answer: Answer, ground: Ground) -> Checked:
    """Of a whole answer."""
    return verified_parts(answer.model_dump(), ground)


def verified_parts(parts: Mapping[str, Any], ground: Ground) -> Checked:
    """Of as much of an answer as is there: each part by itself."""
    check = _Check(ground)
    if "failed_step" in parts:
        check.part("failed_step", FailedStep, parts["failed_step"], check.failed_step)
    for one in _list(parts, "expected_vs_actual"):
        check.part("expected_vs_actual", Comparison, one, check.comparison)
    for one in _list(parts, "patterns"):
        check.part("patterns", Pattern, one, check.pattern)
    for one in _list(parts, "causes"):
        check.part("causes", Cause, one, check.cause)
    if "next_action" in parts:
        check.part("next_action", NextStep, parts["next_action"], check.next_action)
    check.out.causes.sort(key=lambda cause: _ORDER[cause.likelihood])
    check.missing(_list(parts, "missing_information"))
    check.out.injection_suspected = parts.get("injection_suspected") is True or bool(ground.injected_by)
    check.out.injected_by = ground.injected_by
    check.summary(parts.get("summary"))
    return check.out


def _list(parts: Mapping[str, Any], name: str) -> list[Any]:
    found = parts.get(name)
    return found[:MOST] if isinstance(found, list) else []


class _Unproved(Exception):
    """Why a claim is left out."""


class _Check:
    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.out = Checked()
        self._advice = ground.for_advice

    def part(self, name: str, kind: Any, data: Any, take: Callable[[Any], None]) -> None:
        try:
            take(kind.model_validate(data))
        except ValidationError:
            self.leave_out(name, "it has not the shape that was asked for")
        except _Unproved as exc:
            self.leave_out(name, str(exc))

    def leave_out(self, part: str, why: str) -> None:
        self.out.left_out.append(LeftOut(part, why))

    def failed_step(self, one: FailedStep) -> None:
        if one.ref != self.ground.step:
            raise _Unproved(f"it is about {plain(one.ref)[:80] or 'no step'}, which is not the step that failed")
        ids = self._cited(one.evidence)
        self.out.failed_step = CheckedText(self._proved(one.what_happened, self.ground.known(ids)), ids)

    def comparison(self, one: Comparison) -> None:
        ids = self._cited(one.evidence)
        known = self.ground.known(ids)
        for value in (one.field, one.expected, one.actual):
            if value.strip() and not known.holds(value.strip().strip("\"'“”")):
                raise _Unproved(f"{_named([value])} not in the evidence it cites")
        self.out.expected_vs_actual.append(
            CheckedComparison(plain(one.field), plain(one.expected), plain(one.actual), ids)
        )

    def pattern(self, one: Pattern) -> None:
        ids = self._cited(one.evidence)
        self.out.patterns.append(CheckedText(self._proved(one.statement, self.ground.known(ids)), ids))

    def cause(self, one: Cause) -> None:
        if any(cause.category == one.category for cause in self.out.causes):
            raise _Unproved(f"{one.category} is there already")
        ids = self._cited(one.evidence)
        items = [self.ground.items[each] for each in ids]
        if set(ids) <= set(self.ground.injected_by):
            raise _Unproved("it stands only on text of a system under test that reads like instructions")
        statement = self._proved(one.statement, self.ground.known(ids))
        likelihood, capped = one.likelihood, ""
        if self.ground.decisive not in ("", one.category):
            likelihood, capped = _at_most("low", likelihood, f"a decisive rule says {self.ground.decisive}")
        elif all(item.type in HISTORY for item in items):
            likelihood, capped = _at_most("medium", likelihood, "only earlier runs speak for it")
        elif all(item.type in BODIES for item in items):
            likelihood, capped = _at_most("medium", likelihood, "only the words of the system under test speak for it")
        against = [each for each in one.counter_evidence[:MOST_IDS] if each in self.ground.items]
        self.out.causes.append(
            CheckedCause(one.category, likelihood, statement, ids, against, self._check(one.check), capped)
        )

    def next_action(self, one: NextStep) -> None:
        ids = self._cited(one.evidence)
        self.out.next_action = CheckedText(self._as_advice(one.text), ids)

    def missing(self, texts: list[Any]) -> None:
        known = self.ground.everything
        for text in texts:
            try:
                self.out.missing_information.append(self._proved(str(text), known))
            except _Unproved as exc:
                self.leave_out("missing_information", str(exc))

    def summary(self, text: Any) -> None:
        """It cites nothing itself: it may say what the claims that stand are based on, and only if some do."""
        if not isinstance(text, str):
            return
        out = self.out
        if out.is_empty:
            self.leave_out("summary", "no claim is left that it sums up")
            return
        cited = [one.evidence for one in out.patterns] + [one.evidence for one in out.causes]
        cited += [one.evidence for one in out.expected_vs_actual]
        cited += [out.failed_step.evidence] if out.failed_step else []
        try:
            out.summary = self._proved(text, self.ground.known({one for ids in cited for one in ids}))
        except _Unproved as exc:
            self.leave_out("summary", str(exc))

    def _cited(self, ids: list[str]) -> list[str]:
        if not ids:
            raise _Unproved("it cites no evidence")
        missing = [one for one in ids if one not in self.ground.items]
        if missing:
            raise _Unproved(
                f"it cites {', '.join(plain(one)[:20] for one in missing[:3])}, which is not in the evidence"
            )
        return list(dict.fromkeys(ids))[:MOST_IDS]

    def _proved(self, text: str, known: Known) -> str:
        missing = unknown_words(text, known)
        if missing:
            raise _Unproved(f"{_named(missing)} not in the evidence it cites")
        shown = plain(text)
        if not shown:
            raise _Unproved("it says nothing")
        return shown

    def _as_advice(self, text: str) -> str:
        missing = unknown_words(text, self._advice, is_advice=True)
        if missing:
            raise _Unproved(f"it names {_named(missing)} not known from anything but the system under test")
        if repeats(text, self.ground.untrusted_text):
            raise _Unproved("it repeats what the system under test wrote")
        return plain(text)

    def _check(self, text: str) -> str:
        try:
            return self._as_advice(text)
        except _Unproved as exc:
            self.leave_out("check", str(exc))
            return ""


def _at_most(most: Likelihood, said: Likelihood, why: str) -> tuple[Likelihood, str]:
    return (most, why) if _ORDER[said] < _ORDER[most] else (said, "")


def _named(words: list[str]) -> str:
    shown = ", ".join(plain(word)[:40] for word in words[:3])
    return f"{shown} {'is' if len(words) == 1 else 'are'}"
