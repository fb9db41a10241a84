"""Who tries a password: a browser that signed in here before, or else an address.

A stranger's wrong tries count for the stranger's address alone, so that nobody shuts anybody else out. Where many share
one address, a browser that got in before has a count of its own.
"""

import secrets
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "stepwell_known"
SALT: Final = "workspaces.known-browser"
YEAR: Final = 365 * 24 * 3600
NETWORK: Final = 64  # bits of an IPv6 address that a provider gives to one customer


@dataclass(frozen=True)
class Guesser:
    address: str
    known_as: str = ""  # the name that signed in with this browser
    browser: str = ""

    def key_for(self, name: str) -> tuple[str, ...]:
        """What counts tries at the account `name`."""
        name = name.casefold()
        return ("browser", self.browser, name) if self.browser and self.known_as == name else (self.address, name)


def guesser_of(request: HttpRequest) -> Guesser:
    known_as, browser = _known(request)
    return Guesser(address=_address(request), known_as=known_as, browser=browser)


def remember_browser(response: HttpResponse, user: User) -> None:
    """Next time this browser is known. It opens nothing: it only counts wrong passwords apart from strangers'."""
    told = signing.dumps([user.get_username().casefold(), secrets.token_urlsafe(12)], salt=SALT)
    response.set_cookie(
        COOKIE, told, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, path="/login/"
    )


def _known(request: HttpRequest) -> tuple[str, str]:
    try:
        name, browser = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except (signing.BadSignature, ValueError):
        return "", ""
    return str(name), str(browser)


def _address(request: HttpRequest) -> str:
    """The peer's, or what the outermost of our own proxies saw; of IPv6 the network."""
    seen = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = settings.PROXIES
    told = seen[-proxies] if proxies and len(seen) >= proxies else request.META.get("REMOTE_ADDR") or ""
    try:
        found = ip_address(told)
    except ValueError:
        return told
    return str(ip_network((found, NETWORK), strict=False)) if found.version == 6 else told
