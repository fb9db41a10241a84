"""http_request: one HTTP request, and redirects if they are followed."""

from collections.abc import Mapping
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.cookies import RequestsCookieJar

from flows.language.actions.http_request import SPEC, HttpRequestConfig
from workers.actions.base import Action, Endpoint, Prepared, Result, StepContext
from workers.errors import Aborted, StepError, StepMisconfigured
from workers.protocols.http.bodies import decode
from workers.protocols.http.kept import HARMLESS
from workers.protocols.http.outgoing import api_key_name, build_request
from workers.protocols.http.session import OneAttempt, fetch_token, prepare
from workers.protocols.http.transport import WireTransport
from workers.protocols.routes import route_of
from workers.protocols.tls import TlsSettings
from workers.protocols.wire import Wire

_PHASES = ("dns", "connect", "tls", "first_byte", "download")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class HttpRequest(Action[HttpRequestConfig]):
    """Any status is an answer: whether it was the right one is for the assertions to say."""

    spec = SPEC
    can_be_ready = True

    def run(self, config: HttpRequestConfig, context: StepContext) -> Result:
        deadline = context.deadline
        if config.timeout is not None:
            deadline = min(deadline, monotonic() + config.timeout)
        ready = context.ready
        context.record_request(**(ready.told if ready else {"method": config.method, "url": _shown(config.url)}))
        with Wire(abort=context.abort, deadline=deadline, egress=context.egress) as wire:
            transport = WireTransport(
                wire,
                _tls(config),
                local_files=context.local_files,
                proxy=config.proxy,
                connections=context.carried,
            )
            with OneAttempt(transport, _secret_headers(config)) as session:
                try:
                    return _exchange(config, context, session, transport)
                except (StepError, Aborted) as exc:
                    if transport.latest is not None:
                        context.record_partial(**_result(transport.latest))
                    if isinstance(exc, StepError):
                        exc.partial = dict(context.partial) or None
                    raise

    def make_ready(self, config: HttpRequestConfig, *, local_files: bool) -> Prepared | None:
        """The request as it will leave, unless a token has to be fetched for it or files have to be read."""
        if (config.auth is not None and config.auth.type == "oauth2") or config.multipart is not None:
            return None
        prepared = prepare(build_request(config, local_files=local_files, token=None), RequestsCookieJar())
        return Prepared(prepared, _told(config, prepared))

    def is_repeatable(self, config: HttpRequestConfig) -> bool:
        return config.method in HARMLESS

    def endpoint(self, config: HttpRequestConfig, written: Mapping[str, Any]) -> Endpoint:
        service = _service(config.url)
        url = written.get("url")
        return Endpoint("http", service, config.method, route_of(config.url, url if isinstance(url, str) else None))

    def summary(self, config: HttpRequestConfig, result: Result) -> str:
        return f"{_status_line(result['status'])}, {_size(result['size'])}"


def _exchange(config: HttpRequestConfig, context: StepContext, session: OneAttempt, transport: WireTransport) -> Result:
    token = None
    if config.auth is not None and config.auth.type == "oauth2":
        token = fetch_token(session, config.auth)
        context.keep_secret("oauth_token", token)
        session.cookies.clear()
        transport.latest = None
        transport.reused = 0
        transport.wire.timing.clear()  # the phases of a step are those of its own request
    if context.ready is None:
        prepared = session.prepare(build_request(config, local_files=context.local_files, token=token))
        context.record_request(**_told(config, prepared))
    else:
        prepared = context.ready.request
    started = monotonic()
    responses = session.exchange(prepared, max_redirects=config.max_redirects if config.follow_redirects else None)
    return {
        **_result(responses[-1]),
        "cookies": {cookie.name: cookie.value for cookie in session.cookies},
        "duration_ms": round((monotonic() - started) * 1000, 3),
        "timing": {
            **{phase: transport.wire.timing.get(phase, 0.0) for phase in _PHASES},
            "reused": transport.reused,
        },
        "redirects": [_redirect(response) for response in responses[:-1]],
    }


def _told(config: HttpRequestConfig, prepared: requests.PreparedRequest) -> dict[str, Any]:
    """A request as the page shows it."""
    body: Any = prepared.body
    if "json_" in config.model_fields_set:
        body = config.json_
    elif config.form is not None:
        body = config.form
    elif config.multipart is not None:
        body = config.multipart
    elif config.body is not None:
        body = config.body
    sent: dict[str, Any] = dict(prepared.headers)  # text, or bytes where it is not Latin-1
    headers = {name: value.decode("utf-8") if isinstance(value, bytes) else value for name, value in sent.items()}
    return {"method": prepared.method, "url": _shown(prepared.url or ""), "headers": headers, "body": body}


def _result(response: requests.Response) -> Result:
    """What a response says by itself; its body may be half of one."""
    content = response.content
    content_type = response.headers.get("Content-Type")
    body, encoding = decode(content, content_type)
    lists: dict[str, list[str]] = {}
    for name, value in response.raw.headers.items():
        lists.setdefault(name, []).append(value)
    return {
        "status": response.status_code,
        "headers": {name: ", ".join(values) for name, values in lists.items()},
        "headers_all": lists,
        "body": body,
        "body_encoding": encoding,
        "content_type": content_type,
        "size": len(content),
        "url": _shown(response.url),
    }


def _redirect(response: requests.Response) -> dict[str, Any]:
    return {
        "status": response.status_code,
        "url": _shown(response.url),
        "location": response.headers.get("Location"),
    }


def _service(url: str) -> str:
    """`host`, with the port where it is not the scheme's own. Raises StepMisconfigured."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise StepMisconfigured(f"url cannot be read: {exc}", code="bad_request") from exc
    return host if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"


def _tls(config: HttpRequestConfig) -> TlsSettings:
    cert, key = config.client_cert, None
    if isinstance(cert, list):
        cert, key = cert
    return TlsSettings(verify=config.verify_ssl, ca=config.ca, client_cert=cert, client_key=key)


def _secret_headers(config: HttpRequestConfig) -> list[str]:
    auth = config.auth
    return [api_key_name(auth)] if auth is not None and auth.type == "api_key" else []


def _shown(url: str) -> str:
    """`url` without the credentials it may carry."""
    try:
        parts = urlsplit(url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return url


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
