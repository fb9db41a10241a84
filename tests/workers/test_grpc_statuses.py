"""Who judges a gRPC status: the step's assertions if they look at it, else it must be OK."""

from collections.abc import Iterator

import pytest

from tests.workers.actions.orchard import Orchard
from tests.workers.in_process import Machine, flow

FAIL = "config: {address: '%s', method: Trees/Fail, request: {code: 5, message: no such tree}}"


@pytest.fixture
def step() -> Iterator[str]:
    """The beginning of a step whose call is answered NOT_FOUND."""
    with Orchard() as orchard:
        yield f"{{id: look, action: grpc_call, {FAIL % orchard.address}"


@pytest.mark.parametrize(
    "assertion",
    ['status == "NOT_FOUND"', "status_code == 5", '$.status == "NOT_FOUND"', 'look.message contains "tree"'],
)
def test_an_assertion_that_looks_at_the_status_judges_it(engine: Machine, step: str, assertion: str) -> None:
    ran = engine.run(flow(f"{step}, assert: ['{assertion}']}}"))
    assert ran.status == "passed"
    assert ran.result("steps/look")["status"] == "NOT_FOUND"


@pytest.mark.parametrize("more", ["", ", assert: ['duration_ms < 60000', 'body.id == \"a\"']"])
def test_without_one_the_status_must_be_ok(engine: Machine, step: str, more: str) -> None:
    ran = engine.run(flow(f"{step}{more}}}"))
    found = ran.step("steps/look")
    assert (ran.status, found.failure_kind, found.failure_code) == ("failed", "action", "grpc_not_found")
    assert (found.protocol, found.operation, found.route) == ("grpc", "orchard.Trees", "Fail")
    assert ran.result("steps/look")["message"] == "no such tree"


def test_an_assertion_on_the_status_that_does_not_hold(engine: Machine, step: str) -> None:
    ran = engine.run(flow(f"{step}, assert: ['status == \"OK\"']}}"))
    found = ran.step("steps/look")
    assert (ran.status, found.failure_kind) == ("failed", "assertion")
    assert found.message == 'status is "NOT_FOUND", expected "OK"'
