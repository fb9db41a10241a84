"""Of several processes each runs whole groups of tests: what is dear is set up in one of them."""

import os

import pytest


def test_in_one_of_several_processes_a_test_belongs_to_a_group(request: pytest.FixtureRequest) -> None:
    # xdist tells them apart by what it adds to the id; where it cannot, every test may run anywhere.
    group = request.node.nodeid.partition("@")[2]
    assert group == ("tests/test_sharing.py" if "PYTEST_XDIST_WORKER" in os.environ else "")
