"""The table of faults is whole: every action, every fault, and every test it names."""

import ast
from functools import cache
from pathlib import Path

import pytest

from flows.language.actions import SPECS
from tests.workers.fault_matrix import FAULTS, MATRIX, Never, Proof, Through

TESTS = Path(__file__).parents[1]
CELLS = [pytest.param(action, fault, id=f"{action}, {fault}") for action in MATRIX for fault in MATRIX[action]]


def test_every_action_has_a_row() -> None:
    assert set(MATRIX) == {spec.name for spec in SPECS.all}


@pytest.mark.parametrize("action", MATRIX)
def test_every_fault_has_a_cell_and_no_other(action: str) -> None:
    assert set(MATRIX[action]) == set(FAULTS)


@pytest.mark.parametrize(("action", "fault"), CELLS)
def test_a_cell_names_tests_that_exist_or_a_reason(action: str, fault: str) -> None:
    cell = MATRIX[action][fault]
    if isinstance(cell, Never):
        assert cell.reason.endswith(".")
        return
    if isinstance(cell, Through):
        assert isinstance(MATRIX[cell.action][fault], Proof)
        return
    assert isinstance(cell, Proof)
    assert cell.tests
    missing = [named for named in cell.tests if named.split("::")[1] not in functions_of(named.split("::")[0])]
    assert missing == []


@cache
def functions_of(file: str) -> frozenset[str]:
    """The tests of a file, read and not run."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_")
