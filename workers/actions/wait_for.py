"""wait_for: ask an HTTP address or a TCP port again and again until it answers."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

from flows.language.actions.http_request import HttpRequestConfig
from flows.language.actions.wait_for import SPEC, WaitForConfig
from flows.language.jsontext import dumps
from workers.actions.base import Action, Endpoint, Park, Result, StepContext
from workers.actions.http_request import HttpRequest
from workers.errors import StepError, StepMisconfigured
from workers.polling import Polling
from workers.protocols.wire import Wire

LONGEST_TRY = 10.0  # seconds; an address that does not answer is asked again


class WaitFor(Action[WaitForConfig]):
    spec = SPEC

    def __init__(self) -> None:
        self._http = HttpRequest()

    def run(self, config: WaitForConfig, context: StepContext) -> Result | Park:
        polling = Polling.of(
            context.resumed, interval=config.interval, timeout=config.timeout, most=config.max_attempts
        )
        context.partial.clear()
        try:
            found = self._ask(config, context)
        except StepMisconfigured:
            raise
        except StepError as exc:
            context.abort.check()
            if context.remaining <= 0:
                raise
            return polling.again(f"The last answer: {exc.message}", exc.partial or {})
        why = _missing(config, found)
        return polling.won(found) if not why else polling.again(why, found)

    def is_repeatable(self, config: WaitForConfig) -> bool:
        return not config.is_http or self._http.is_repeatable(_request(config))

    def endpoint(self, config: WaitForConfig, written: Mapping[str, Any]) -> Endpoint:
        if config.is_http:
            return self._http.endpoint(_request(config), written)
        return Endpoint("tcp", f"{config.host}:{config.port}", "CONNECT", "")

    def summary(self, config: WaitForConfig, result: Result) -> str:
        return "answered at once" if result["attempts"] == 1 else f"answered on attempt {result['attempts']}"

    def _ask(self, config: WaitForConfig, context: StepContext) -> Result:
        if config.is_http:
            return self._http.run(_request(config), context)
        host, port = str(config.host), int(config.port or 0)
        context.record_request(host=host, port=port)
        started = monotonic()
        until = min(context.deadline, started + LONGEST_TRY)
        with Wire(abort=context.abort, deadline=until, egress=context.egress) as wire:
            wire.connect(host, port)
        return {"duration_ms": round((monotonic() - started) * 1000, 3)}


def _request(config: WaitForConfig) -> HttpRequestConfig:
    return HttpRequestConfig(
        method=config.method,
        url=str(config.url),
        headers=config.headers,
        verify_ssl=config.verify_ssl,
        timeout=LONGEST_TRY,
    )


def _missing(config: WaitForConfig, found: Result) -> str:
    if not config.is_http:
        return ""
    if found["status"] not in config.statuses:
        wanted = " or ".join(str(status) for status in config.statuses)
        return f"The last status was {found['status']}, expected {wanted}."
    body = found["body"]
    text = body if isinstance(body, str) else dumps(body)
    if config.body_contains is not None and config.body_contains not in text:
        return f"The last body did not contain {config.body_contains!r}."
    return ""
