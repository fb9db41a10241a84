"""Which tests of a parallel run share a process, and in what order: what is dear to set up is set up once.

`make test` runs the suite in two processes (`pytest -n 2 --dist loadgroup`), each with servers of its own. Without `-n`
nothing here changes anything but the order.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from _pytest.nodeid import NodeId

# Fixtures that several files share and that are dear, with the name of the group of those who ask for one of them.
GROUPS: Final = {"browser": "pages", "rough_stack": "rough", "kafka": "kafka"}

# The longest first, so that no process is left alone with one of them at the end.
LONGEST_FIRST: Final = ("pages", "rough", "kafka", "tests/e2e/", "tests/cli/", "tests/examples/")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    groups = {item: _group_of(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    yield  # pytest brings together the tests that share a parameter of a fixture
    items.sort(key=lambda item: _place_of(groups[item]))
    if config.getoption("loadgroup", False):
        for item, group in groups.items():
            _name_with_group(item, group)


def _name_with_group(item: pytest.Item, group: str) -> None:
    """xdist reads the group from the end of a test's id, where its 3.8 cannot put it any more since pytest 9.2."""
    if not item.nodeid.endswith(f"@{group}"):
        item._id = NodeId.parse(f"{item.nodeid}@{group}")


def _group_of(item: pytest.Item) -> str:
    asked = getattr(item, "fixturenames", ())
    for fixture, group in GROUPS.items():
        if fixture in asked:
            return group
    return item.nodeid.partition("::")[0]


def _place_of(group: str) -> int:
    for place, beginning in enumerate(LONGEST_FIRST):
        if group.startswith(beginning):
            return place
    return len(LONGEST_FIRST)
