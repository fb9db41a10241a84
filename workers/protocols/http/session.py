"""One attempt's requests: prepared by `requests`, nothing from the machine's environment, credentials stay with their
host. Of its sessions only the rules of redirects are used: the rest is about what an attempt does not have.
"""

from collections.abc import Iterable
from typing import Any

import requests
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, merge_cookies
from requests.models import DEFAULT_REDIRECT_LIMIT
from requests.sessions import SessionRedirectMixin
from requests.structures import CaseInsensitiveDict

from flows.language import jsontext
from flows.language.actions.http_request import HttpAuth
from workers.errors import StepMisconfigured, TargetRefused
from workers.protocols.http.bodies import pairs_of
from workers.protocols.http.outgoing import DEFAULT_HEADERS, basic_credentials
from workers.protocols.http.transport import WireTransport


class OneAttempt(SessionRedirectMixin):
    """Made fresh for every attempt, so that no cookie and no connection outlives it."""

    max_redirects = DEFAULT_REDIRECT_LIMIT
    trust_env = False

    def __init__(self, transport: WireTransport, secret_headers: Iterable[str] = ()) -> None:
        self.cookies = RequestsCookieJar()
        self._transport = transport
        self._secret_headers = tuple(secret_headers)

    def __enter__(self) -> "OneAttempt":
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def exchange(self, request: requests.PreparedRequest, *, max_redirects: int | None) -> list[requests.Response]:
        """Send, and follow redirects unless `max_redirects` is None; the last response is the answer.

        Raises StepError or Aborted.
        """
        responses: list[requests.Response] = []
        following: requests.PreparedRequest | None = request
        while following is not None:
            response = self._send_one(following, came_from=responses)
            responses.append(response)
            following = response.next if max_redirects is not None else None
            if following is not None and len(responses) > (max_redirects or 0):
                raise TargetRefused(f"Redirected more than {max_redirects} times", code="too_many_redirects")
        return responses

    def prepare(self, request: requests.Request) -> requests.PreparedRequest:
        """Raises StepMisconfigured for what cannot be sent."""
        return prepare(request, self.cookies)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """On the way to another host, drop what was meant for the first: credentials, keys and the flow's cookies."""
        super().rebuild_auth(prepared_request, response)  # type: ignore[no-untyped-call]  # the stubs
        before, after = response.request.url or "", prepared_request.url or ""
        if not self.should_strip_auth(before, after):  # type: ignore[no-untyped-call]  # the stubs
            return
        for name in self._secret_headers:
            prepared_request.headers.pop(name, None)
        jar = prepared_request._cookies  # type: ignore[attr-defined]  # noqa: SLF001 - the stubs leave it out
        for cookie in [cookie for cookie in jar if not cookie.domain]:
            jar.clear(cookie.domain, cookie.path, cookie.name)
        prepared_request.headers.pop("Cookie", None)
        prepared_request.prepare_cookies(jar)

    def _send_one(self, request: requests.PreparedRequest, came_from: list[requests.Response]) -> requests.Response:
        try:
            response = self._transport.send(request)
            self._take_cookies(response, request)
            if response.is_redirect:
                following = self.resolve_redirects(response, request, yield_requests=True)
                response._next = next(following, None)  # type: ignore[attr-defined]  # noqa: SLF001 - where `next` looks
        except (requests.RequestException, ValueError) as exc:
            if came_from or isinstance(exc, requests.exceptions.TooManyRedirects):
                raise TargetRefused(f"The redirect cannot be followed: {exc}", code="bad_redirect") from exc
            raise StepMisconfigured(f"The request cannot be sent: {exc}", code="bad_request") from exc
        return response

    def _take_cookies(self, response: requests.Response, request: requests.PreparedRequest) -> None:
        if "Set-Cookie" not in response.headers:
            return
        for jar in (response.cookies, self.cookies):
            extract_cookies_to_jar(jar, request, response.raw)  # type: ignore[no-untyped-call]  # the stubs


def prepare(request: requests.Request, cookies: RequestsCookieJar) -> requests.PreparedRequest:
    """With these cookies, beside its own. Raises StepMisconfigured for what cannot be sent."""
    headers: CaseInsensitiveDict[Any] = CaseInsensitiveDict(DEFAULT_HEADERS)
    headers.update(request.headers)
    jar = merge_cookies(merge_cookies(RequestsCookieJar(), cookies), request.cookies or {})  # type: ignore[no-untyped-call]  # the stubs
    prepared = requests.PreparedRequest()
    try:
        prepared.prepare(
            method=request.method,
            url=request.url,
            headers={name: value for name, value in headers.items() if value is not None},
            files=request.files,
            data=request.data,
            params=request.params or "",
            cookies=jar,
        )
    except (requests.RequestException, ValueError) as exc:
        raise StepMisconfigured(f"The request cannot be sent: {exc}", code="bad_request") from exc
    return prepared


def fetch_token(session: OneAttempt, auth: HttpAuth) -> str:
    """An access token by OAuth 2's client credentials grant (RFC 6749 §4.4). Raises StepError or Aborted."""
    form: dict[str, Any] = {"grant_type": "client_credentials", "audience": auth.audience}
    form["scope"] = " ".join(auth.scope) if isinstance(auth.scope, list) else auth.scope
    headers = {"Accept": "application/json"}
    if auth.client_auth == "body":
        form |= {"client_id": auth.client_id, "client_secret": auth.client_secret}
    else:
        headers["Authorization"] = basic_credentials(auth.client_id or "", auth.client_secret or "")
    request = requests.Request("POST", auth.token_url, headers=headers, data=pairs_of(form))
    response = session.exchange(session.prepare(request), max_redirects=None)[-1]
    if not 200 <= response.status_code < 300:
        # One that is away itself says nothing about the client.
        code = "oauth_unavailable" if response.status_code >= 500 else "oauth_refused"
        raise TargetRefused(_refusal(response), code=code)
    token = _member(response.content, "access_token")
    if not isinstance(token, str) or not token:
        raise TargetRefused("The token endpoint answered without an access_token", code="oauth_refused")
    return token


def _refusal(response: requests.Response) -> str:
    said = _member(response.content, "error")
    reason = f": {said[:100]}" if isinstance(said, str) else ""
    return f"The token endpoint refused the client with status {response.status_code}{reason}"


def _member(content: bytes, name: str) -> Any:
    try:
        value = jsontext.loads(content)
    except jsontext.NotJson:
        return None
    return value.get(name) if isinstance(value, dict) else None
