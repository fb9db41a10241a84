from analytics.diagnosis.rules import _BY_CODE, _STATUS
from analytics.diagnosis.words import says


def test_every_rule_of_the_tables_is_said_in_words() -> None:
    rules = {rule for rule, _ in _BY_CODE.values()} | {
        f"http_{status}" for statuses, _ in _STATUS for status in statuses
    }
    assert [rule for rule in rules if says(rule) == rule.replace("_", " ")] == []


def test_a_rule_without_words_is_said_by_its_name() -> None:
    assert says("moon_phase") == "moon phase"
    assert says("sqlstate_23") == "the database refused, with an SQLSTATE of class 23"
