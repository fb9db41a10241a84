"""What may come of asking the model, each with a stable code, a true sentence and what to do about it."""

from typing import Any, Final

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
