"""What the SDK raises, as an outcome of ours."""

import anthropic
import httpx2

from analytics.analysis.cleaning import plain
from analytics.analysis.outcomes import AskingFailed, told
from analytics.analysis.prices import Usage


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
    by_status = {401: "key_refused", 402: "payment_required", 403: "not_permitted", 404: "model_unknown"}
    if status in by_status:
        return told(by_status[status], usage=usage, model=model)
    if 400 <= status < 500 and status not in {408, 409}:
        return told("request_refused", usage=usage, said=plain(exc.api_message or f"status {status}")[:300])
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
