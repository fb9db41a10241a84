"""Middleware that needs no thread for a call of the API.

Under ASGI Django runs each `process_request` and `process_response` of a synchronous middleware in another thread, some
ten changes of thread a request: they may read a session from the database. A call with a bearer token has no session,
so for one they are called as they are. Were one of them to touch the database after all, Django would refuse it.
"""

from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware


def has_only_a_token(request: HttpRequest) -> bool:
    """Whether it is a program that calls: with a bearer token, and without a session."""
    return (
        request.path_info.startswith("/api/")
        and request.headers.get("Authorization", "").startswith("Bearer ")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


class _InPlace:
    """Before one of Django's: what it does around a call with a token happens in the event loop."""

    async def __acall__(self: Any, request: HttpRequest) -> HttpResponseBase:
        if not has_only_a_token(request):
            return await super().__acall__(request)  # type: ignore[misc, no-any-return]  # MiddlewareMixin's
        response: HttpResponseBase | None = None
        if hasattr(self, "process_request"):
            response = self.process_request(request)
        if response is None:
            response = await self.get_response(request)
        if hasattr(self, "process_response"):
            response = self.process_response(request, response)
        assert response is not None
        return response


class Security(_InPlace, SecurityMiddleware):
    pass


class Session(_InPlace, SessionMiddleware):
    pass


class Common(_InPlace, CommonMiddleware):
    pass


class Csrf(_InPlace, CsrfViewMiddleware):
    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        if self.async_mode:
            setattr(self, "process_view", self._process_view_async)  # noqa: B010 - Django looks whether it is a coroutine

    async def _process_view_async(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        process_view: Any = super().process_view
        if not has_only_a_token(request):
            process_view = sync_to_async(process_view, thread_sensitive=True)
            return await process_view(request, *view)  # type: ignore[no-any-return]
        return process_view(request, *view)  # type: ignore[no-any-return]


class Authentication(_InPlace, AuthenticationMiddleware):
    pass


class Messages(_InPlace, MessageMiddleware):
    pass


class XFrameOptions(_InPlace, XFrameOptionsMiddleware):
    pass


@sync_and_async_middleware
def static_files(get_response: Any) -> Any:
    """WhiteNoise, which is synchronous; whatever is no static file does not go through it."""
    if not iscoroutinefunction(get_response):
        return WhiteNoiseMiddleware(get_response)
    serve = WhiteNoiseMiddleware(lambda _request: None)

    async def answer(request: HttpRequest) -> HttpResponseBase:
        found: HttpResponseBase | None = None
        if request.path_info.startswith(settings.STATIC_URL):
            found = await sync_to_async(serve, thread_sensitive=False)(request)
        return found or await get_response(request)

    return answer
