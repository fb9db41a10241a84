"""Settings are read strictly: nonsense stops the start and says what would make sense."""

from pathlib import Path

import pytest

from config import env
from config.env import BadSetting

NAME = "STEPWELL_TEST_SETTING"


def test_a_text_comes_from_the_variable_or_from_the_file_it_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "value").write_text("from the file\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "value"))
    assert env.text(NAME) == "from the file"
    monkeypatch.setenv(NAME, "from the variable")
    assert env.text(NAME) == "from the variable"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadSetting, match=NAME):
        env.text(NAME)
    assert env.text(NAME, "default") == "default"


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(BadSetting, match="nowhere"):
        env.text(NAME)


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("Yes", True), ("off", False), ("0", False), (" ", False)])
def test_a_flag_is_read(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME) is meant


def test_a_flag_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "perhaps")
    with pytest.raises(BadSetting, match="Use 1 or 0"):
        env.flag(NAME)


@pytest.mark.parametrize("value", ["much", "nan", "inf", "-1", "1"])
def test_a_number_out_of_range_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadSetting, match=NAME):
        env.number(NAME, 5, at_least=2)


def test_words_are_split_at_commas_and_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "a, b c")
    assert env.words(NAME) == ["a", "b", "c"]


def test_a_database_is_a_url_with_or_without_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "postgresql://me:p%40ss@db.example:5433/shop?sslmode=require")
    found = env.postgres(NAME)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("me", "p@ss", "db.example", "5433")
    assert (found["NAME"], found["OPTIONS"]) == ("shop", {"sslmode": "require"})
    monkeypatch.setenv(NAME, "postgresql://me@/shop?host=/run/pg&port=5017")
    found = env.postgres(NAME)
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/pg", "5017", {})


@pytest.mark.parametrize("value", ["mysql://db/shop", "postgresql://db", "shop"])
def test_what_is_no_database_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadSetting, match=NAME):
        env.postgres(NAME)
