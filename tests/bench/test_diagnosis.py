"""The rules against what faults made for real have left as evidence (python -m bench.diagnosis --record)."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from analytics.diagnosis.evidence import CATEGORIES, NUMBERS, VERSION, Facts
from analytics.diagnosis.rules import fired
from analytics.diagnosis.verdict import verdict_of
from bench.diagnosis.cases import WATCH, Case, all_cases
from bench.diagnosis.recorded import FOLDER, recorded
from bench.diagnosis.scoring import PRECISION_TARGET, SURE_TARGET, TOP1_TARGET, Outcome, outcome_of, score_of
from bench.diagnosis.telling import table

# Behind an equals sign, a colon or a slash a secret of the cases would show in clear.
SECRETS = re.compile(r"a-password-of|password-of-\w+-in|key-(one|two|three|four)-of|client-secret-of|granted-\d")
FOLDERS = re.compile(r"/(tmp|root|work|home/\w+)/\w")


@cache
def everything() -> tuple[tuple[Case, Facts, Mapping[str, Any]], ...]:
    return tuple(recorded())


def outcomes() -> list[Outcome]:
    """What today's rules say of the recorded facts."""
    found = []
    for case, facts, pack in everything():
        rules = fired(facts)
        verdict, types = verdict_of(rules), {one["type"]: one["id"] for one in reversed(pack["items"])}
        told = [{"id": one.id, "evidence": [types.get(one.about, types["failure"])]} for one in rules]
        judged = {
            "category": verdict.category,
            "runner_up": verdict.runner_up,
            "confidence": verdict.confidence,
            "points": verdict.points,
        }
        found.append(outcome_of(case, {"items": pack["items"], "rules": told, "verdict": judged}))
    return found


def test_the_rules_are_as_good_as_they_are_said_to_be() -> None:
    whole = score_of(outcomes())
    assert whole.top1 >= TOP1_TARGET
    assert whole.precision >= PRECISION_TARGET
    for category in CATEGORIES:
        assert score_of(one for one in outcomes() if one.case.label == category).precision >= PRECISION_TARGET


def test_they_dare_to_be_sure_of_what_is_plain() -> None:
    plain = score_of(one for one in outcomes() if one.case.series == "plain")
    assert plain.top1 >= TOP1_TARGET
    assert plain.high_share >= SURE_TARGET


def test_what_nobody_tuned_for_is_as_it_was_when_it_was_first_played() -> None:
    """A rule that makes these better may come; then the series is one more that was worked on."""
    held_out = score_of(one for one in outcomes() if one.case.series == WATCH)
    assert held_out.n >= 24
    assert held_out.top1 >= 0.80  # 24 of 29
    assert held_out.accepted == 1
    assert held_out.precision >= PRECISION_TARGET
    assert held_out.high >= 9


def test_what_must_be_cited_is() -> None:
    assert [(one.case.id, one.misses) for one in outcomes() if one.misses] == []


def test_the_cases_are_many_of_each_kind_and_easily_confused() -> None:
    cases = all_cases()
    assert len({one.id for one in cases}) == len(cases) >= 40
    assert min(Counter(one.label for one in cases).values()) >= 10
    assert {one.label for one in cases} == set(CATEGORIES)
    assert sum(not one.healthy for one in cases) >= 5
    pairs: defaultdict[str, set[str]] = defaultdict(set)
    for one in cases:
        for name in one.pairs:
            pairs[name].add(one.label)
    mixed = [name for name, labels in pairs.items() if len(labels) > 1]
    assert len(mixed) >= 10, {name: labels for name, labels in pairs.items() if len(labels) < 2}
    assert sum(bool(one.pairs) and one.held_out for one in cases) >= 8


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_a_recorded_pack_is_whole_and_masked(case: Case) -> None:
    text = (FOLDER / f"{case.id}.json").read_text("utf-8")
    assert not SECRETS.search(text)
    assert not FOLDERS.search(text)
    ((facts, pack),) = [(facts, pack) for one, facts, pack in everything() if one.id == case.id]
    assert pack["v"] == VERSION
    assert all(re.fullmatch(rf"E{NUMBERS[one['type']]}[b-z]?", one["id"]) for one in pack["items"])
    assert all(one["fact"] and "\n" not in one["fact"] for one in pack["items"])
    known = {one["id"] for one in pack["items"]}
    assert len(known) == len(pack["items"])
    assert all(set(rule["evidence"]) <= known for rule in pack["rules"])
    assert facts.kind == pack["failed_step"]["kind"]


def test_the_table_tells_what_was_missed() -> None:
    (case, _, pack), *_ = everything()
    wrong = outcome_of(case, {**pack, "verdict": {**pack["verdict"], "category": "timing", "confidence": "high"}})
    assert f"| {case.id} | {case.what} | service | timing, high | no |" in table([wrong])
    assert "0% (0 of 1)" in table([wrong])
