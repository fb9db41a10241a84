"""What ends a live socket from our side: its time, and a watcher who may not watch any more."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.db import connection

from config.asgi import application
from executions import consumers
from executions.models import Execution
from tests.cast import make_member
from workspaces.models import Role
from workspaces.operations.create_token import create_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def execution(make_execution: Callable[..., Execution]) -> Execution:
    return make_execution(event_number=3)


@pytest.fixture
def token(execution: Execution) -> str:
    user = make_member(execution.workspace, Role.VIEWER)
    return create_token(workspace=execution.workspace, user=user, name="live", role=Role.VIEWER)[1]


def remove_members(execution: Execution) -> None:
    execution.workspace.memberships.all().delete()
    connection.close()


async def close_code(execution: Execution, token: str, after_opening: Callable[[], None] = lambda: None) -> Any:
    headers = [(b"authorization", f"Bearer {token}".encode())]
    socket = WebsocketCommunicator(application, f"/ws/executions/{execution.pk}/", headers)
    assert (await socket.connect())[0]
    assert "snapshot" in await socket.receive_from(10)
    await asyncio.to_thread(after_opening)
    while (message := await socket.receive_output(10))["type"] == "websocket.send":
        pass
    await socket.disconnect()
    return message.get("code")


def test_after_its_time_a_socket_is_closed(execution: Execution, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "LONGEST_LIFE_SECONDS", 1.0)
    assert asyncio.run(close_code(execution, token)) == 4408


def test_a_member_who_is_removed_hears_nothing_more(
    execution: Execution, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.1)
    monkeypatch.setattr(consumers, "QUIET_SECONDS", 0.1)
    assert asyncio.run(close_code(execution, token, lambda: remove_members(execution))) == 4401
