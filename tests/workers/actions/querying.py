"""What the tests of database_query ask with."""

from typing import Any

import pytest

from tests.workers.actions.conftest import Run
from workers.errors import StepError


def ask(connection: Any, query: str, *, seconds: float = 10, **config: Any) -> dict[str, Any]:
    return Run(seconds)("database_query", connection=connection, query=query, **config)


def failure(connection: Any, query: str, *, seconds: float = 10, **config: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        ask(connection, query, seconds=seconds, **config)
    return caught.value
