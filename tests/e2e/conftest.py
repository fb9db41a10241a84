"""The product in its own processes. `rough` is a stack that is killed, starved and restarted; `stack` is left alone."""

from collections.abc import Iterator

import pytest

from tests.e2e.front_door import Api, Lab
from tests.environment import SESSION_FOLDER
from tests.running_stack import Stack, running_stack

# What was sent and not claimed is sent again soon: with the usual five seconds these tests would mostly wait.
HASTY = {"STEPWELL_RESEND_SECONDS": "1", "STEPWELL_LEASE_SECONDS": "9"}


@pytest.fixture(scope="session")
def rough_stack() -> Iterator[Stack]:
    with running_stack(SESSION_FOLDER / "rough", environment=HASTY) as started:
        yield started


@pytest.fixture
def rough(rough_stack: Stack) -> Iterator[Api]:
    api = Api(rough_stack)
    yield api
    api.close()


@pytest.fixture
def rough_lab(rough_stack: Stack) -> Iterator[Lab]:
    lab = Lab(rough_stack.shop["SHOP_URL"])
    yield lab
    lab.close()


@pytest.fixture
def api(stack: Stack) -> Iterator[Api]:
    made = Api(stack)
    yield made
    made.close()


@pytest.fixture
def lab(stack: Stack) -> Iterator[Lab]:
    made = Lab(stack.shop["SHOP_URL"])
    yield made
    made.close()
