"""Live sockets: a snapshot, then every event once and in order; whatever is lost on the way ends in the final state."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client

from executions.models import Execution
from tests.cast import make_member, make_workspace
from tests.environment import SESSION_FOLDER
from tests.executions.live_web import Watcher, Web, running_web, tell
from workspaces.models import Role
from workspaces.operations.create_token import create_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def web(django_db_setup: None) -> Iterator[Web]:
    with running_web(SESSION_FOLDER / "web.log") as started:
        yield started


@pytest.fixture
def valkey() -> Iterator[Any]:
    client = redis.Redis.from_url(settings.REDIS_URL)
    yield client
    client.close()


@pytest.fixture
def execution(make_execution: Callable[..., Execution]) -> Execution:
    return make_execution(event_number=3)


@pytest.fixture
def token(execution: Execution) -> str:
    user = make_member(execution.workspace, Role.VIEWER)
    return create_token(workspace=execution.workspace, user=user, name="live", role=Role.VIEWER)[1]


def set_number(execution: Execution, number: int) -> None:
    """As a worker does; called in threads, which keep no connection."""
    Execution.objects.filter(pk=execution.pk).update(event_number=number)
    connection.close()


def make_and_close(make_execution: Callable[..., Execution]) -> Execution:
    try:
        return make_execution(event_number=1)
    finally:
        connection.close()


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


async def close_code(web: Web, path: str, token: str = "", **options: Any) -> int | None:
    async with web.socket(path, token, **options) as opened:
        await asyncio.wait_for(opened.wait_closed(), 10)
        return opened.close_code


# --- what is sent


def test_a_snapshot_comes_first_and_then_what_follows(web: Web, execution: Execution, token: str, valkey: Any) -> None:
    async def story() -> None:
        async with web.socket(f"/ws/executions/{execution.pk}/", token) as opened:
            watcher = Watcher(opened)
            first = await watcher.next("snapshot")
            assert (first["seq"], first["data"]["event_number"]) == (3, 3)
            assert first["data"]["execution"]["id"] == execution.pk
            tell(valkey, execution, 4, 5, path="steps/one")
            messages = await watcher.read(until_seq=5)
            assert [(one["seq"], one["type"]) for one in messages] == [(4, "step.started"), (5, "step.started")]
            assert messages[0]["data"] == {"path": "steps/one"}

    run(story())


def test_who_is_up_to_date_gets_no_snapshot(web: Web, execution: Execution, token: str, valkey: Any) -> None:
    async def story() -> None:
        async with (
            web.socket(f"/ws/executions/{execution.pk}/?since=3", token) as abreast,
            web.socket(f"/ws/executions/{execution.pk}/?since=2", token) as behind,
        ):
            # The one that came last has its snapshot: both are there
            assert (await Watcher(behind).next("snapshot"))["seq"] == 3
            tell(valkey, execution, 4)
            assert [one["type"] for one in await Watcher(abreast).read(until_seq=4)] == ["step.started"]

    run(story())


def test_events_that_overtake_each_other_arrive_in_order(
    web: Web, execution: Execution, token: str, valkey: Any
) -> None:
    async def story() -> None:
        async with web.socket(f"/ws/executions/{execution.pk}/", token) as opened:
            watcher = Watcher(opened)
            await watcher.next("snapshot")
            tell(valkey, execution, 6, 5)
            tell(valkey, execution, 4, 4, 5)  # and some come twice
            assert [one["seq"] for one in await watcher.read(until_seq=6)] == [4, 5, 6]

    run(story())


def test_a_lost_event_is_made_good_by_a_snapshot(web: Web, execution: Execution, token: str, valkey: Any) -> None:
    async def story() -> None:
        async with web.socket(f"/ws/executions/{execution.pk}/", token) as opened:
            watcher = Watcher(opened)
            await watcher.next("snapshot")
            await asyncio.to_thread(set_number, execution, 6)
            tell(valkey, execution, 4)
            tell(valkey, execution, 6)  # 5 is lost
            assert [(one["seq"], one["type"]) for one in await watcher.read(until_seq=6)] == [
                (4, "step.started"),
                (6, "snapshot"),
            ]
            tell(valkey, execution, 7)
            assert (await watcher.read(until_seq=7))[-1]["type"] == "step.started"

    run(story())


def test_even_a_lost_last_event_shows(web: Web, execution: Execution, token: str) -> None:
    async def story() -> None:
        async with web.socket(f"/ws/executions/{execution.pk}/", token) as opened:
            watcher = Watcher(opened)
            await watcher.next("snapshot")
            await asyncio.to_thread(set_number, execution, 4)  # and nobody tells
            assert (await watcher.next("snapshot", seconds=5))["seq"] == 4

    run(story())


def test_two_hundred_watchers_see_the_same(web: Web, execution: Execution, token: str, valkey: Any) -> None:
    path, last = f"/ws/executions/{execution.pk}/", 403

    async def watch(ready: asyncio.Semaphore) -> list[dict[str, Any]]:
        async with web.socket(path, token, open_timeout=30) as opened:
            watcher = Watcher(opened)
            await watcher.next("snapshot", seconds=30)
            ready.release()
            return await watcher.read(until_seq=last, seconds=30)

    async def story() -> None:
        ready = asyncio.Semaphore(0)
        async with web.socket(path, token, max_queue=1) as deaf:
            deaf.transport.pause_reading()
            watching = [asyncio.create_task(watch(ready)) for _ in range(200)]
            for _ in watching:
                await ready.acquire()
            for number in range(4, last + 1, 5):
                await asyncio.to_thread(set_number, execution, number + 4)
                tell(valkey, execution, *range(number, number + 5))
            for seen in await asyncio.gather(*watching):
                known = 3
                for message in seen:  # where the teller itself was held up, a snapshot stands for what was late
                    is_next = message["seq"] == known + 1
                    assert is_next or (message["type"] == "snapshot" and message["seq"] >= known)
                    known = message["seq"]
                assert known == last

    run(story())


def test_one_who_never_reads_costs_the_others_nothing_and_the_server_no_memory(
    web: Web, execution: Execution, token: str, valkey: Any
) -> None:
    path, events, size = f"/ws/executions/{execution.pk}/", 4000, 4000

    async def watch(ready: asyncio.Semaphore) -> int:
        async with web.socket(path, token, max_size=None) as opened:
            watcher = Watcher(opened)
            await watcher.next("snapshot")
            ready.release()
            seen = 0
            async with asyncio.timeout(60):
                while watcher.messages or seen < 3 + events:
                    for message in json.loads(await opened.recv()):
                        seen = message["seq"]
            return seen

    async def story() -> None:
        ready = asyncio.Semaphore(0)
        async with web.socket(path, token, max_queue=1, max_size=None) as deaf:
            deaf.transport.pause_reading()
            watching = [asyncio.create_task(watch(ready)) for _ in range(20)]
            for _ in watching:
                await ready.acquire()
            before = web.resident_bytes()
            for number in range(4, 4 + events, 10):
                await asyncio.to_thread(set_number, execution, number + 9)
                for one in range(number, number + 10):
                    tell(valkey, execution, one, text="x" * size)
            assert await asyncio.gather(*watching) == [3 + events] * len(watching)
            # 16 MB were told to each. What is kept is kept once; who never reads has a full buffer, and no more
            assert web.resident_bytes() - before < 12_000_000
            # When it reads after all it is sent how things are now
            deaf.transport.resume_reading()
            watcher = Watcher(deaf)
            assert (await watcher.read(until_seq=3 + events))[-1]["seq"] == 3 + events
            assert len(watcher.messages) < events

    run(story())


# --- the list


def test_the_list_tells_rows_that_change_and_rows_that_come(
    web: Web, execution: Execution, token: str, valkey: Any, make_execution: Callable[..., Execution]
) -> None:
    async def story() -> None:
        async with web.socket("/ws/executions/", token) as opened:
            watcher = Watcher(opened)
            first = await watcher.next("snapshot")
            assert [row["id"] for row in first["data"]["items"]] == [execution.pk]
            await asyncio.to_thread(set_number, execution, 4)
            tell(valkey, execution, 4)
            changed = await watcher.next("execution.changed")
            assert (changed["seq"], changed["data"]["id"], changed["data"]["event_number"]) == (4, execution.pk, 4)
            new = await asyncio.to_thread(make_and_close, make_execution)  # and nobody tells
            assert (await watcher.next("execution.changed", seconds=5))["data"]["id"] == new.pk
            await asyncio.to_thread(set_number, execution, 5)
            assert (await watcher.next("execution.changed", seconds=5))["seq"] == 5

    run(story())


def test_a_list_hears_nothing_of_other_workspaces(
    web: Web, execution: Execution, token: str, valkey: Any, make_execution: Callable[..., Execution]
) -> None:
    other = make_execution(workspace=make_workspace("other"), event_number=1)

    async def story() -> None:
        async with web.socket("/ws/executions/", token) as opened:
            watcher = Watcher(opened)
            assert [row["id"] for row in (await watcher.next("snapshot"))["data"]["items"]] == [execution.pk]
            tell(valkey, other, 2)
            await asyncio.to_thread(set_number, execution, 4)
            tell(valkey, execution, 4)
            assert (await watcher.next("execution.changed"))["data"]["id"] == execution.pk

    run(story())


# --- who may


def test_nobody_in_particular_is_refused(web: Web, execution: Execution) -> None:
    path = f"/ws/executions/{execution.pk}/"
    assert asyncio.run(close_code(web, path)) == 4401
    assert asyncio.run(close_code(web, path, "stw_wrong")) == 4401
    assert asyncio.run(close_code(web, f"{path}?token=stw_wrong")) == 4401
    assert asyncio.run(close_code(web, path, additional_headers={"Cookie": "sessionid=nope"})) == 4401
    assert asyncio.run(close_code(web, path, origin=web.origin)) == 4401


def test_another_workspaces_execution_is_not_there(web: Web, execution: Execution) -> None:
    other = make_workspace("other")
    user = make_member(other, Role.ADMIN, "mallory")
    mallory = create_token(workspace=other, user=user, name="m", role=Role.ADMIN)[1]
    assert asyncio.run(close_code(web, f"/ws/executions/{execution.pk}/", mallory)) == 4404
    assert asyncio.run(close_code(web, f"/ws/executions/{execution.pk + 999}/", mallory)) == 4404
    assert asyncio.run(close_code(web, "/ws/nothing/", mallory)) == 4404


def signed_in(execution: Execution) -> str:
    browser = Client()
    browser.force_login(make_member(execution.workspace, Role.VIEWER, "charlie"))
    assert SESSION_KEY in browser.session
    return f"{settings.SESSION_COOKIE_NAME}={browser.session.session_key}"


def test_a_page_of_ours_watches_with_its_cookie(web: Web, execution: Execution) -> None:
    headers = {"Cookie": signed_in(execution)}

    async def story() -> None:
        path = f"/ws/executions/{execution.pk}/?workspace={execution.workspace.slug}"
        async with web.socket(path, origin=web.origin, additional_headers=headers) as opened:
            assert (await Watcher(opened).next("snapshot"))["seq"] == 3

    run(story())


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null", "file://"])
def test_a_page_from_elsewhere_is_refused(web: Web, execution: Execution, token: str, origin: str) -> None:
    path = f"/ws/executions/{execution.pk}/"
    cookie = {"Cookie": signed_in(execution)}
    assert asyncio.run(close_code(web, path, origin=origin, additional_headers=cookie)) == 4403
    assert asyncio.run(close_code(web, path, token, origin=origin)) == 4403


def test_a_cookie_without_an_origin_is_refused(web: Web, execution: Execution) -> None:
    cookie = {"Cookie": signed_in(execution)}
    assert asyncio.run(close_code(web, f"/ws/executions/{execution.pk}/", additional_headers=cookie)) == 4401
