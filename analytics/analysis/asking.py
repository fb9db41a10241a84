"""Ask the model: one request, streamed, under one deadline, tried again only where that can help.

The SDK's own retries are off: it obeys a `retry-after` of an hour, and a worker would sleep for it. Only this module,
`sdk_failures` and `deadline` load the SDK: 60 MB and a second or more, which processes that never ask do without.
"""

import time
from collections.abc import Callable
from typing import Any, Final

import anthropic
import httpx2

from analytics.analysis.answer import SCHEMA
from analytics.analysis.deadline import Deadline
from analytics.analysis.order import MOST_TOKENS, Order, Reply
from analytics.analysis.outcomes import AskingFailed, told
from analytics.analysis.prices import Usage
from analytics.analysis.sdk_failures import failure_of

RETRIES: Final = 2
BACK_OFF: Final = (1.0, 4.0)  # seconds
WORTH_TRYING: Final = 5.0  # seconds that must be left for another try
READ_SECONDS: Final = 45.0


def ask(order: Order, *, on_text: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> Reply:
    """The answer's text, whole. `on_text` gets what is there so far, as it grows. Raises AskingFailed."""
    with Deadline(order.seconds) as deadline:
        for number in range(1, RETRIES + 2):
            try:
                return _once(order, deadline, on_text, number)
            except AskingFailed as failed:
                wait = failed.wait if failed.wait is not None else BACK_OFF[min(number, len(BACK_OFF)) - 1]
                if not failed.may_retry or number > RETRIES or deadline.left - wait < WORTH_TRYING:
                    raise
                sleep(wait)
    raise AssertionError("the last try returns or raises")


def _once(order: Order, deadline: Deadline, on_text: Callable[[str], None], number: int) -> Reply:
    heard = _Heard(on_text)
    try:
        with _client(order, deadline) as client, _stream(client, order) as stream:
            for event in stream:
                heard.take(event)
    except (anthropic.AnthropicError, httpx2.HTTPError, httpx2.StreamError, OSError, ValueError) as exc:
        if deadline.has_passed:
            raise told("timed_out", usage=heard.usage, seconds=order.seconds) from exc
        raise failure_of(exc, usage=heard.usage, model=order.model, has_begun=heard.has_begun) from exc
    if not heard.is_whole:
        # A stream that was shut down in the middle may end as if nothing were missing.
        code = "timed_out" if deadline.has_passed else "broke_off"
        raise told(code, usage=heard.usage, seconds=order.seconds)
    if heard.stop_reason != "end_turn":
        raise told(_STOPS.get(heard.stop_reason, "unreadable"), usage=heard.usage)
    return Reply(heard.text, heard.usage, number)


_STOPS: Final = {"max_tokens": "too_long", "model_context_window_exceeded": "too_long", "refusal": "refused"}


def _client(order: Order, deadline: Deadline) -> anthropic.Anthropic:
    seconds = max(0.1, min(READ_SECONDS, deadline.left))
    timeout = httpx2.Timeout(seconds, connect=min(10.0, seconds))
    return anthropic.Anthropic(
        api_key=order.api_key,
        base_url=order.base_url or None,
        max_retries=0,
        timeout=timeout,
        open_telemetry=False,
        http_client=anthropic.DefaultHttpxClient(timeout=timeout, event_hooks=deadline.hooks),
    )


def _stream(client: anthropic.Anthropic, order: Order) -> Any:
    """No tools: there is nothing that an order hidden in the evidence could call."""
    output: Any = {"format": {"type": "json_schema", "schema": SCHEMA}}
    if order.effort:  # a setting: whether a model knows it, the service says
        output["effort"] = order.effort
    return client.messages.create(
        model=order.model,
        max_tokens=MOST_TOKENS,
        system=[{"type": "text", "text": order.system, "cache_control": {"type": "ephemeral"}}],
        messages=[{"role": "user", "content": order.document}],
        output_config=output,
        stream=True,
    )


class _Heard:
    """What has come of a stream so far."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self.text = ""
        self.usage = Usage()
        self.stop_reason = ""
        self.has_begun = self.is_whole = False
        self._on_text = on_text

    def take(self, event: Any) -> None:
        match event.type:
            case "message_start":
                self.has_begun = True
                self._count(event.message.usage)
            case "content_block_delta" if event.delta.type == "text_delta":
                self.text += event.delta.text
                self._on_text(self.text)
            case "message_delta":
                self.stop_reason = event.delta.stop_reason or self.stop_reason
                self._count(event.usage)
            case "message_stop":
                self.is_whole = True

    def _count(self, usage: Any) -> None:
        """Counts are of the whole message so far; those that an event leaves out stay."""
        before = self.usage
        self.usage = Usage(
            input=getattr(usage, "input_tokens", None) or before.input,
            output=getattr(usage, "output_tokens", None) or before.output,
            cache_read=getattr(usage, "cache_read_input_tokens", None) or before.cache_read,
            cache_write=getattr(usage, "cache_creation_input_tokens", None) or before.cache_write,
        )
