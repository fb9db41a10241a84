"""What ends a live socket from our side: its time, and a watcher who may not watch any more."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connection
from django.test import Client

from config.asgi import application
from executions import consumers
from executions.models import Execution
from tests.cast import make_member
from workspaces.models import Role
from workspaces.operations.change_password import change_password
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


async def close_code(
    execution: Execution, opener: str | list[tuple[bytes, bytes]], after_opening: Callable[[], None] = lambda: None
) -> Any:
    """`opener`: a token, or the headers of a browser."""
    headers = [(b"authorization", f"Bearer {opener}".encode())] if isinstance(opener, str) else opener
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


def test_another_password_closes_the_sockets_of_the_other_sessions_at_once(execution: Execution) -> None:
    # Given somebody who watches in a browser
    user = make_member(execution.workspace, Role.VIEWER)
    user.set_password("the-old-one-7")
    user.save()
    browser = Client()
    browser.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    headers = [(b"cookie", cookie.encode()), (b"origin", b"http://testserver"), (b"host", b"testserver")]

    def change() -> None:
        change_password(user=user, password="the-new-one-8")
        connection.close()

    assert asyncio.run(close_code(execution, headers, change)) == 4401
