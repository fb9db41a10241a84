from decimal import Decimal
from typing import Any

import pytest

from flows.language.document import MAX_BYTES, Scalar, find, plain, read
from flows.language.problems import Problem


def value_of(text: str | bytes) -> Any:
    document = read(text)
    assert document.root is not None, document.problems
    assert not document.problems
    return plain(document.root)


def problem_of(text: str | bytes) -> Problem:
    (problem,) = read(text).problems
    return problem


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("+12", 12),
        ("-0", 0),
        ("0123", 123),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2026-01-01", "2026-01-01"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("1.10", 1.1),
        ("12345678901234567.89", Decimal("12345678901234567.89")),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ('!!int "12"', 12),
        ("!!float 3", 3.0),
        ("|\n  1\n  2\n", "1\n2\n"),
        ("127.0.0.1:80", "127.0.0.1:80"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: Any) -> None:
    found = value_of(f"key: {written}")["key"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_text_as_written() -> None:
    assert value_of("1: a\ntrue: b\non: c\n1.10: d") == {"1": "a", "true": "b", "on": "c", "1.10": "d"}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: .inf", 1, 4, "no value a flow can carry"),
        ("a: .nan", 1, 4, "no value a flow can carry"),
        ("a: 1e99999", 1, 4, "out of range"),
        ("a: " + "9" * 5000, 1, 4, "5,000 digits"),
        ("a: 0x" + "f" * 5000, 1, 4, "digits"),
        ("a: !!python/object/apply:os.system [ls]", 1, 4, "tag !!python"),
        ("a: !custom x", 1, 4, "tag !custom"),
        ("a: !!binary aGk=", 1, 4, "tag !!binary"),
        ("a: !!int x", 1, 4, "!!int"),
        ("a: 1\nb: 2\na: 3", 3, 1, "the first is on line 1"),
        ("a:\n  b: 1\n  'b': 2", 3, 3, "the first is on line 2"),
        ("1: a\n'1': b", 2, 1, "twice"),
        ("url: {{ BASE }}", 1, 7, "must stand in quotes"),
        ("? [a]\n: 1", 1, 3, "A key must be text"),
        ("a: *nope", 1, 4, r"\*nope stands for nothing"),
        ("a: &x [*x]", 1, 8, "stands inside what it stands for"),
        ("a: 1\n<<: 2", 2, 1, "<< merges objects"),
        ("a: 1\n---\nb: 1", 2, 1, "one text holds one flow"),
        ("a:\n\tb: 1", 2, 1, "A tab stands where YAML wants spaces"),
        ("a: [1\nb: 2", 2, 2, r"a \] or a comma is missing in the list that begins on line 1"),
        ("a: {b: 1\nc", 2, 1, "object that begins on line 1"),
        ("a: 'x\n", 2, 1, "quotes that open on line 1"),
        ("a: b: c", 1, 5, "A colon is not possible here"),
        ("a: @x", 1, 4, "cannot begin with @"),
        ("a: `x`", 1, 4, "cannot begin with `"),
        ('a: "\\q"', 1, 5, "escape is unknown"),
        ("- a\nb: 1", 2, 1, "indentation"),
        ("a: 1\n b: 2", 2, 3, "indentation"),
        ("a: \x01", 1, 4, r"U\+0001"),
        ("a: x\nb: \x00", 2, 4, r"U\+0000"),
        ("a: \ud800", 1, 4, r"U\+D800"),
        ("", 1, 1, "holds no flow"),
        ("# only a comment", 1, 1, "holds no flow"),
        (b"a: x\nb: \xff", 2, 4, "0xff is not UTF-8"),
        ("%YAML 3.0\n---\na", 1, 1, "%YAML"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str | bytes, line: int, column: int, words: str) -> None:
    problem = problem_of(text)
    assert (problem.line, problem.column) == (line, column), problem
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(problem.message)
    assert problem.severity == "error"


def test_several_problems_are_found_at_once() -> None:
    codes = [problem.code for problem in read("a: 1\na: 2\nb: *no\nc: !x y\nd: .nan").problems]
    assert codes == ["duplicate_key", "bad_alias", "unknown_tag", "bad_value"]


def test_anchors_and_merge_keys_are_resolved() -> None:
    text = """
    defaults: &defaults {timeout: 5s, headers: &h {A: 1}}
    one: {<<: *defaults, timeout: 9s}
    two: {<<: [*h, *defaults]}
    three: [*h, *h]
    """
    assert value_of(text) == {
        "defaults": {"timeout": "5s", "headers": {"A": 1}},
        "one": {"timeout": "9s", "headers": {"A": 1}},
        "two": {"A": 1, "timeout": "5s", "headers": {"A": 1}},
        "three": [{"A": 1}, {"A": 1}],
    }
    assert value_of('a: {"<<": 1}') == {"a": {"<<": 1}}


def test_an_alias_bomb_is_left_before_it_goes_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert problem_of("\n".join(lines)).code == "alias_bomb"
    long = "x" * 100_000
    assert problem_of(f"a: &a {long}\nb: [{', '.join(['*a'] * 1000)}]").code == "alias_bomb"


def test_nesting_is_bounded_also_through_aliases() -> None:
    assert problem_of("[" * 500_000).code == "too_deep"
    assert problem_of("- " * 300_000).code == "too_deep"
    deep = "a: &a " + "[" * 60 + "]" * 60
    assert problem_of(f"{deep}\nb: {'[' * 60}*a{']' * 60}").code == "too_deep"


@pytest.mark.parametrize("text", ["x" * (2 * MAX_BYTES), b"x" * (2 * MAX_BYTES), "é" * (MAX_BYTES // 2 + 1)])
def test_more_than_a_megabyte_is_one_error(text: str | bytes) -> None:
    problem = problem_of(text)
    assert problem.code == "too_large"
    assert "1 MB" in problem.message


def test_exactly_a_megabyte_is_read() -> None:
    assert len(value_of("a: " + "x" * (MAX_BYTES - 3))["a"]) == MAX_BYTES - 3


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert value_of(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n") == {"a": 1, "b": 2}
    assert problem_of("a: 1\r\na: 2\r\n").line == 2


def test_old_line_breaks_are_ordinary_characters() -> None:
    assert value_of("a: x\u2028y\x85z # no\nb: \ue000") == {"a": "x\u2028y\x85z", "b": "\ue000"}


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("key: plain text", 6, (1, 12)),
        ("key: 'in quotes'", 3, (1, 10)),
        ('key: "in quotes"', 3, (1, 10)),
        ('key: "an \\" escape"', 6, (1, 6)),  # where exactly cannot be told: the beginning
        ("key: |\n  one\n  two", 5, (3, 4)),
        ("key: |\n  one\n    two", 6, (3, 5)),
        ("key: >\n  one\n  two", 5, (1, 6)),
    ],
)
def test_a_place_inside_a_text_is_found(text: str, offset: int, place: tuple[int, int]) -> None:
    document = read(text)
    assert document.root is not None
    node = find(document.root, ("key",))
    assert isinstance(node, Scalar)
    assert document.position(node, offset) == place
