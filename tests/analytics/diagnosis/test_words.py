from analytics.diagnosis.actions import _OWN, _TEXTS
from analytics.diagnosis.words import _TEXTS as WORDS
from analytics.diagnosis.words import says


def test_every_rule_that_tells_what_to_do_is_said_in_words() -> None:
    assert [rule for rule in _TEXTS if says(rule) == rule.replace("_", " ")] == []


def test_what_is_not_the_targets_fault_is_told_by_its_own_sentence() -> None:
    assert set(_OWN) == {"worker_lost", "internal", "flow_cancelled"}
    assert "own_fault" in WORDS


def test_a_rule_without_words_is_said_by_its_name() -> None:
    assert says("moon_phase") == "moon phase"
    assert says("sqlstate_23") == "the database refused, with an SQLSTATE of class 23"
