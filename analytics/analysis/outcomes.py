"""What may come of asking the model, each with a stable code, a true sentence and what to do about it."""

from typing import Any, Final

import anthropic
import httpx2

from analytics.analysis.prices import Usage

OVERLOADS: Final = frozenset({"overloaded", "rate_limited"})  # what opens the circuit breaker

_TEXTS: Final = {
    "key_refused": "The service refused the API key. Set a valid ANTHROPIC_API_KEY for the workers, and restart them.",
    "not_permitted": "The API key may not use {model}. Give it that right, or name another model in STEPWELL_AI_MODEL.",
    "payment_required": "The account of the API key has no credit. Its owner has to add some.",
    "spend_limit": "The account of the API key has reached its spending limit. Its owner can raise it.",
    "model_unknown": "The service knows no model {model}. Name one it has in STEPWELL_AI_MODEL.",
    "request_refused": "The service refused the request as it was put: {said}",
    "rate_limited": "The service gets too many requests of this key now{asked}. Ask again later.",
    "overloaded": "The service is overloaded now. Ask again in some minutes.",
    "service_failed": "The service failed with status {status}. Ask again later; its status page may say more.",
    "unreachable": "The worker could not reach the service. Check its network, its proxy and ANTHROPIC_BASE_URL.",
    "timed_out": "No whole answer came within {seconds:g} seconds. Ask again, or raise STEPWELL_AI_SECONDS.",
    "broke_off": "The answer broke off before its end. What had come of it is not used. Ask again.",
    "too_long": "The answer was too long and was cut off; half an answer is not used. Ask again.",
    "refused": "The model declined to answer. The diagnosis by rules stands.",
    "unreadable": "What came was not an answer in the form that was asked for, and is not used. Ask again.",
    "no_evidence": "The model's answer was rejected: no claim in it could be verified. The diagnosis by rules stands.",
    "worker_lost": "The worker that was asking the model has gone. Ask again.",
    "not_taken": "No worker took it within {minutes} minutes. Does one take from the queue `analysis`? Then ask again.",
    "our_fault": "This is a fault of the server; the log of the workers has the details.",
}  # fmt: skip


class AskingFailed(Exception):
    """`wait`: seconds that the service asked for. `usage`: what it has cost all the same."""

    def __init__(
        self, code: str, text: str, *, usage: Usage, may_retry: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(text)
        self.code, self.usage, self.may_retry, self.wait = code, usage, may_retry, wait


def told(code: str, *, usage: Usage, may_retry: bool = False, wait: float | None = None, **values: Any) -> AskingFailed:
    return AskingFailed(code, sentence(code, **values), usage=usage, may_retry=may_retry, wait=wait)


def sentence(code: str, **values: Any) -> str:
    return _TEXTS[code].format_map(values)


def failure_of(exc: Exception, *, usage: Usage, model: str, has_begun: bool) -> AskingFailed:
    """Of what the SDK raised. Once an answer has begun it is paid for, and not asked for twice."""
    if isinstance(exc, anthropic.APIStatusError):
        return _of_status(exc, usage, model, may_retry=not has_begun)
    if has_begun:
        slow = isinstance(exc, httpx2.TimeoutException | anthropic.APITimeoutError)
        return told("timed_out", usage=usage, seconds=45) if slow else told("broke_off", usage=usage)
    if isinstance(exc, anthropic.APITimeoutError | httpx2.TimeoutException):
        return told("timed_out", usage=usage, seconds=45)
    if isinstance(exc, anthropic.APIConnectionError | httpx2.HTTPError | OSError):
        return told("unreachable", usage=usage, may_retry=True)
    return told("unreadable", usage=usage)


def _of_status(exc: anthropic.APIStatusError, usage: Usage, model: str, *, may_retry: bool) -> AskingFailed:
    status, kind = exc.status_code, exc.type or ""
    if exc.error_code == "enforced_spend_limit_reached":
        return told("spend_limit", usage=usage)
    if status == 529 or kind == "overloaded_error":
        return told("overloaded", usage=usage, may_retry=may_retry, wait=_wait(exc))
    if status == 429 or kind == "rate_limit_error":
        wait = _wait(exc)
        asked = f"; it asks for a wait of {wait:g} seconds" if wait else ""
        return told("rate_limited", usage=usage, may_retry=may_retry, wait=wait, asked=asked)
    plain = {401: "key_refused", 402: "payment_required", 403: "not_permitted", 404: "model_unknown"}
    if status in plain:
        return told(plain[status], usage=usage, model=model)
    if 400 <= status < 500 and status not in {408, 409}:
        return told("request_refused", usage=usage, said=(exc.api_message or f"status {status}")[:300])
    return told("service_failed", usage=usage, status=status, may_retry=may_retry, wait=_wait(exc))


def _wait(exc: anthropic.APIStatusError) -> float | None:
    """Seconds, as the service says them; a date, which it may send too, counts as long."""
    text = exc.response.headers.get("retry-after")
    if text is None:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        return 3600.0
