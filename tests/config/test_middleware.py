"""A call with a token passes Django's middleware in the event loop; a browser passes it as ever."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, AsyncRequestFactory, Client

from config.middleware import Session
from tests.cast import make_user, make_workspace

TOKEN = {"AUTHORIZATION": "Bearer stw_x"}


@pytest.mark.parametrize(
    ("path", "more", "in_place"),
    [
        ("/api/v1/flows", TOKEN, True),
        ("/api/v1/flows", {}, False),
        ("/api/v1/flows", {"AUTHORIZATION": "Basic eA=="}, False),
        ("/api/v1/flows", {**TOKEN, "Cookie": "sessionid=x"}, False),
        ("/admin/", TOKEN, False),
    ],
)
def test_only_calls_with_nothing_but_a_token_stay_in_the_event_loop(
    path: str, more: dict[str, str], in_place: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran_in: list[threading.Thread] = []
    monkeypatch.setattr(SessionMiddleware, "process_request", lambda *_: ran_in.append(threading.current_thread()))
    monkeypatch.setattr(SessionMiddleware, "process_response", lambda _self, _request, response: response)

    async def view(_: HttpRequest) -> HttpResponse:
        return HttpResponse("ok")

    async def call() -> Any:
        return await Session(view)(AsyncRequestFactory().get(path, headers=more))  # type: ignore[misc]

    assert asyncio.run(call()).content == b"ok"
    assert [thread is threading.main_thread() for thread in ran_in] == [in_place]


@pytest.mark.django_db(transaction=True)
def test_the_whole_chain_answers_tokens_and_browsers_alike() -> None:
    make_workspace()
    user = make_user("anna")

    async def statuses() -> list[int]:
        calls, browser = AsyncClient(), AsyncClient()
        await browser.aforce_login(user)
        answers = [
            await calls.get("/api/v1/flows", headers={"authorization": "Bearer stw_wrong"}),
            await calls.get("/static/admin/css/base.css"),
            await browser.get("/admin/login/"),
            await browser.post("/api/v1/flows", {}, content_type="application/json"),
        ]
        assert all("Content-Security-Policy" in answer.headers for answer in answers)
        assert all(answer.headers["X-Frame-Options"] == "DENY" for answer in (answers[0], answers[2]))
        for answer in answers:
            answer.close()
        await sync_to_async(connections.close_all)()  # of the thread that the views ran in
        return [answer.status_code for answer in answers]

    assert asyncio.run(statuses())[:2] == [401, 200]


def test_static_files_are_served_without_an_event_loop_too(db: None) -> None:
    answer = Client().get("/static/admin/css/base.css")
    assert answer.status_code == 200
    answer.close()
