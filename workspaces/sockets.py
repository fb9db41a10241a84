"""Who opens a WebSocket: the rules of workspaces/auth.py, and where a page that asks with a cookie comes from."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404
from django.utils.http import is_same_domain
from ninja.errors import AuthenticationError

from workspaces.auth import Caller, SessionAuth, TokenAuth

UNAUTHENTICATED: Final = 4401
WRONG_ORIGIN: Final = 4403
NOT_THERE: Final = 4404
BEARER: Final = "bearer "


class SocketRefused(Exception):
    """The socket is closed with this code; the reason is for people."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def caller_of(scope: Mapping[str, Any]) -> Caller:
    """Whoever opened this WebSocket (an ASGI scope). Reads the database. Raises SocketRefused."""
    request = ASGIRequest({**scope, "type": "http", "method": "GET"}, BytesIO())
    origin = request.headers.get("Origin")
    if origin is not None and not _is_ours(origin, request):
        raise SocketRefused(WRONG_ORIGIN, "This page may not open sockets here: its origin is not trusted.")
    try:
        return _caller(request, has_origin=origin is not None)
    except AuthenticationError as exc:
        raise SocketRefused(UNAUTHENTICATED, str(exc)) from exc
    except Http404 as exc:
        raise SocketRefused(NOT_THERE, str(exc)) from exc


def _caller(request: ASGIRequest, *, has_origin: bool) -> Caller:
    header = request.headers.get("Authorization", "")
    if header:
        token = header[len(BEARER) :] if header.lower().startswith(BEARER) else ""
        return TokenAuth().authenticate(request, token)
    if not has_origin:  # every browser says where its page comes from; others have no business with a cookie
        raise SocketRefused(UNAUTHENTICATED, "Send a token in the Authorization header, or a session with an Origin.")
    session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.session = session
    request.user = get_user(request)
    caller = SessionAuth().authenticate(request, session.session_key)
    if caller is None:
        raise SocketRefused(UNAUTHENTICATED, "Nobody is signed in.")
    return caller


def _is_ours(origin: str, request: ASGIRequest) -> bool:
    """Whether a page from `origin` is one of ours: as Django's CSRF check sees it, but for the scheme, which a proxy
    that ends TLS does not hand on to a socket.
    """
    try:
        asked, host = urlsplit(origin), request.get_host()
    except (ValueError, DisallowedHost):
        return False
    if asked.scheme in {"http", "https"} and asked.netloc == host:
        return True
    return any(_trusts(trusted, origin) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def _trusts(trusted: str, origin: str) -> bool:
    """`https://*.example.com` trusts every host below."""
    if "*" not in trusted:
        return origin == trusted
    wanted, asked = urlsplit(trusted), urlsplit(origin)
    return asked.scheme == wanted.scheme and is_same_domain(asked.netloc, wanted.netloc.lstrip("*"))
