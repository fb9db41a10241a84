"""Who is calling: passwords, signing in and out, and the bearer token of a request."""

import hashlib
import hmac
import os
from collections.abc import Collection
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

import redis

from examples.shop.cache import SESSION_SECONDS, Cache, Session
from examples.shop.fields import Fields
from examples.shop.messages import Refused, Request, Response, answer, no_content
from examples.shop.router import Route
from examples.shop.store import Store

COOKIE = "shop_session"


def hash_password(password: str, salt: bytes | None = None) -> str:
    salt = os.urandom(16) if salt is None else salt
    # Cheaper than a real shop would have it: this one guards invented people and should answer in a millisecond or two.
    digest = hashlib.scrypt(password.encode(), salt=salt, n=512, r=8, p=1)
    return f"{salt.hex()}${digest.hex()}"


def is_password(password: str, stored: str) -> bool:
    salt = bytes.fromhex(stored.partition("$")[0])
    return hmac.compare_digest(hash_password(password, salt), stored)


class Accounts:
    def __init__(self, store: Store, cache: Cache) -> None:
        self._store = store
        self._cache = cache

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/login", self.log_in, "email and password → a bearer token for an hour"),
            Route("POST", "/logout", self.log_out, "ends the session"),
        ]

    def log_in(self, request: Request) -> Response:
        fields = Fields(request.json())
        email, password = fields.email("email"), fields.text("password")
        fields.done()
        user = self._store.one("SELECT id, email, role, password_hash FROM users WHERE email = %s", [email])
        if user is None or not is_password(password, user["password_hash"]):
            raise Refused(HTTPStatus.UNAUTHORIZED, "No user has this email and password.")
        token = self._cache.open_session(Session(user["id"], user["email"], user["role"]))
        return answer(
            {"token": token, "token_type": "Bearer", "expires_in": SESSION_SECONDS, "user_id": user["id"]},
            headers={"Set-Cookie": f"{COOKIE}={token}; Path=/; Max-Age={SESSION_SECONDS}; HttpOnly; SameSite=Lax"},
        )

    def log_out(self, request: Request) -> Response:
        self.signed_in(request)
        self._cache.end_session(_token(request))
        return no_content()

    def signed_in(self, request: Request) -> Session:
        """The session of the caller. Raises Refused (401)."""
        token = _token(request)
        session = self._cache.session(token) if token else None
        if session is None:
            detail = "The session is unknown or over." if token else "Sign in first: POST /login gives a bearer token."
            raise Refused(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer realm="shop"'})
        return session

    def names_of_caller(self, request: Request) -> Collection[str]:
        """The id and the email of whoever is signed in, for faults that are for one person. Nothing if nobody is."""
        token = _token(request)
        try:
            session = self._cache.session(token) if token else None
        except redis.RedisError:
            return ()
        return () if session is None else (str(session.user_id), session.email)

    def admin(self, request: Request) -> Session:
        """The session of the caller, who must be an admin. Raises Refused (401, 403)."""
        session = self.signed_in(request)
        if not session.is_admin:
            raise Refused(HTTPStatus.FORBIDDEN, "Only an admin may do this.")
        return session


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    try:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""
