"""What a request that broke off means, and where its reason is: `requests` and `urllib3` wrap it several times."""

from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from typing import Any

import requests

from workers.errors import StepError, StepMisconfigured, TargetUnreachable
from workers.protocols.wire import broken_off


def half_a_response(exc: Exception, peer: str, size: int, response: requests.Response) -> TargetUnreachable:
    found = _os_error(exc)
    if found is not None:
        return broken_off(found, peer)
    expected = response.headers.get("Content-Length")
    of = f" of {expected}" if expected and "Content-Encoding" not in response.headers else ""
    message = f"{peer} broke off in the middle of its response, after {size}{of} bytes of the body"
    return TargetUnreachable(message, code="incomplete")


def no_response(exc: Exception, peer: str) -> StepError:
    chain = list(_chain(exc))
    if any(isinstance(link, RemoteDisconnected) for link in chain):
        return TargetUnreachable(f"{peer} closed the connection without an answer", code="reset")
    found = _os_error(exc)
    if found is not None:
        return broken_off(found, peer)
    if any(isinstance(link, BadStatusLine | HTTPException) for link in chain):
        return TargetUnreachable(f"{peer} did not answer with HTTP: {cause(exc)}", code="bad_response")
    if isinstance(exc, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader | ValueError):
        return StepMisconfigured(f"The request cannot be sent: {cause(exc)}", code="bad_request")
    return TargetUnreachable(f"The request to {peer} failed: {cause(exc)}")


def _os_error(exc: BaseException) -> OSError | None:
    for link in _chain(exc):
        if isinstance(link, OSError) and not isinstance(link, requests.RequestException) and link.errno is not None:
            return link
    return None


def _chain(exc: BaseException | None) -> list[BaseException]:
    """`exc` and everything it was made from, outermost first."""
    seen: list[BaseException] = []
    waiting: list[Any] = [exc]
    while waiting:
        link = waiting.pop(0)
        if isinstance(link, BaseException) and link not in seen:
            seen.append(link)
            waiting += [*link.args, link.__cause__, link.__context__, getattr(link, "reason", None)]
    return seen


def cause(exc: BaseException) -> str:
    innermost = _chain(exc)[-1]
    return str(innermost)[:300] or type(innermost).__name__
