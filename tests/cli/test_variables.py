"""`--var`, `--label` and the `env_file`, as people type them."""

from decimal import Decimal
from pathlib import Path

import pytest

from cli.envfile import read_env_file
from cli.errors import WrongUse
from cli.variables import Variables, parse_labels, parse_variables


def test_text_and_typed_variables_are_told_apart() -> None:
    found = parse_variables(["A=1", "B:=1", "C:=0.10", 'D:={"x": [null]}', "E=", "F=a=b", "G:=true"])
    assert found.text == {"A": "1", "E": "", "F": "a=b"}
    assert found.typed == {"B": 1, "C": Decimal("0.10"), "D": {"x": [None]}, "G": True}
    assert "A" in found
    assert "Z" not in found


def test_the_last_of_one_name_wins_whatever_its_type() -> None:
    assert parse_variables(["A=1", "A:=2"]) == Variables(typed={"A": 2})
    assert parse_variables(["A:=2", "A=1"]) == Variables(text={"A": "1"})


@pytest.mark.parametrize("item", ["", "A", "=x", "1A=x", "A B=x", ":=1"])
def test_what_is_no_variable_is_refused(item: str) -> None:
    with pytest.raises(WrongUse, match="is not NAME=VALUE"):
        parse_variables([item])


def test_a_typed_value_that_is_no_json_is_not_repeated() -> None:
    with pytest.raises(WrongUse) as caught:
        parse_variables(["PASSWORD:=hunter2"])
    assert "PASSWORD" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_labels() -> None:
    assert parse_labels(["commit=abc", "note=a=b"]) == {"commit": "abc", "note": "a=b"}


def test_an_env_file_is_read_as_the_usual_tools_write_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(
        b"\xef\xbb\xbf# comment\r\n\r\n  A=1\r\nexport B = two words  # not this\r\nC='single $x #1'\r\n"
        b'D="line\\none \\"q\\" \\\\"\nE=\nF="over\nlines" # ok\nG=a#b\nH=# nothing\nA=again'
    )
    assert read_env_file(file, named_in="x.yaml") == {
        "A": "again",
        "B": "two words",
        "C": "single $x #1",
        "D": 'line\none "q" \\',
        "E": "",
        "F": "over\nlines",
        "G": "a#b",
        "H": "",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"A=1\nsecret text\n", ":2: this line is not NAME=VALUE."),
        (b'A=1\n\nB="secret', ":3: the quote that begins here is never closed."),
        (b"A='x' secret", ":1: there is text after the closing quote."),
        (b"\xff\xfe", "is not UTF-8 text."),
        (b"A=" + b"x" * 1_000_001, "is larger than 1 MB."),
    ],
)
def test_a_broken_env_file_is_told_by_line_and_never_by_value(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    with pytest.raises(WrongUse) as caught:
        read_env_file(file, named_in="x.yaml")
    assert str(caught.value).endswith(sentence)
    assert "secret" not in str(caught.value)


def test_an_env_file_that_is_not_there_names_who_wants_it(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"x\.yaml names the env_file .*nothing, which cannot be read: No such file"):
        read_env_file(tmp_path / "nothing", named_in="x.yaml")
