"""What the tests of grpc_call call an orchard with."""

from typing import Any

import pytest

from tests.workers.actions.conftest import Run
from tests.workers.actions.orchard import SERVICE, Orchard
from workers.errors import StepError


def call(orchard: Orchard, method: str, request: Any = None, **config: Any) -> dict[str, Any]:
    how = {"address": orchard.address, "service": SERVICE, "method": method, "request": request, **config}
    return Run()("grpc_call", **how)


def failure(orchard: Orchard, method: str, request: Any = None, **config: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        call(orchard, method, request, **config)
    return caught.value
