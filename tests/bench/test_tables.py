"""Tables say what was measured, against whom, and what could not be had."""

from pathlib import Path

import pytest

from bench.rounds import Spread
from bench.tables import README, Figure, table, write

OURS = Spread((1.0, 1.5, 2.0))


def test_a_line_has_both_sides_their_ratio_and_the_verdict() -> None:
    figure = Figure(
        what="a step", unit="ms", ours=OURS, against="a hop", theirs=Spread((2.0, 3.0, 4.0)), target="≤ 2", is_met=True
    )
    assert figure.line() == (
        "| a step | 1.50 ms (1.25–1.75) | a hop | 3.00 ms (2.50–3.50) | 0.50× (0.50–0.50) | ≤ 2 | yes |"
    )


def test_a_peer_that_could_not_be_had_is_named_with_the_reason() -> None:
    figure = Figure(what="a step", unit="ms", ours=OURS, against="Step CI", theirs="there is no npm here", is_met=False)
    assert figure.line() == "| a step | 1.50 ms (1.25–1.75) | Step CI | there is no npm here |  |  | **no** |"


def test_a_table_replaces_the_one_before_and_leaves_the_rest(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n", encoding="utf-8")
    write("measured", table([]), readme=readme)
    assert "old" not in readme.read_text(encoding="utf-8")
    assert readme.read_text(encoding="utf-8").startswith("before\n<!-- measured -->\n| what |")
    assert readme.read_text(encoding="utf-8").endswith("<!-- /measured -->\nafter\n")


def test_without_its_place_it_is_not_written(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("no markers", encoding="utf-8")
    with pytest.raises(LookupError, match="measured"):
        write("measured", "text", readme=readme)


def test_the_readme_has_the_place() -> None:
    text = README.read_text(encoding="utf-8")
    assert "<!-- measured -->\n" in text
    assert "<!-- /measured -->" in text
