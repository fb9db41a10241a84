"""What attempts of a step sent and got: this one's, and those of a few runs that passed. One question for all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analytics.diagnosis.drift import FEWEST, Difference, shape_differences, value_differences
from analytics.questions.rows import rows
from executions.models import Attempt
from flows.language import jsontext

COMPARED: Final = 8  # runs that passed
LARGEST: Final = 65_536  # characters of a request or a response; a larger one is not compared
EXCERPT: Final = 2_000  # characters of a response that are shown

_STATUS: Final = re.compile(r'\{"status": ?(\d{3})\b')
_TYPE: Final = re.compile(r'"content-type": ?"([^"]*)"', re.IGNORECASE)
# They say nothing about what was asked for.
_HEADERS: Final = frozenset({"content-length", "traceparent", "tracestate", "date", "user-agent", "authorization"})


@dataclass(frozen=True)
class Exchange:
    request: Any = None
    response: Any = None
    excerpt: str = ""  # the beginning of the response, as kept: masked

    @property
    def is_json(self) -> bool | None:
        """Of an HTTP answer that says of what type it is."""
        found = _TYPE.search(self.excerpt)
        return None if found is None else "json" in found[1].lower()

    @property
    def status(self) -> int | None:
        """Of an HTTP answer, whose record begins with it, however long the rest is."""
        found = _STATUS.match(self.excerpt)
        return int(found[1]) if found else None


def exchanges(attempt: Attempt, passed_step_runs: Sequence[int]) -> tuple[Exchange, list[Exchange]]:
    """Of this attempt, and of the runs that passed."""
    found = rows(
        _EXCHANGES,
        {
            "attempt": attempt.pk,
            "passed": list(passed_step_runs[:COMPARED]),
            "largest": LARGEST,
            "excerpt": EXCERPT,
        },
    )
    own = next((one for one in found if one["attempt_id"] == attempt.pk), None)
    return _exchange(own) if own else Exchange(), [_exchange(one) for one in found if one is not own]


def input_differences(own: Exchange, passed: Sequence[Exchange]) -> list[Difference]:
    """Of a request that was never sent, only what is known of it is compared."""
    now = _asked(own.request)
    if now is None:
        return []
    before = [_asked(one.request) for one in passed if one.request is not None]
    if isinstance(now, Mapping) and "headers" not in now:
        before = [_only(one, now) for one in before]
    return value_differences(before, now)


def _only(request: Any, names: Mapping[str, Any]) -> Any:
    return (
        {name: value for name, value in request.items() if name in names} if isinstance(request, Mapping) else request
    )


def is_same_request(own: Exchange, passed: Sequence[Exchange]) -> bool:
    """As in runs that passed, of which there are enough to tell; what varies by itself does not count."""
    known = [one for one in passed if one.request is not None]
    return own.request is not None and len(known) >= FEWEST and not input_differences(own, passed)


def is_foreign(own: Exchange, passed: Sequence[Exchange]) -> bool:
    """A page or plain text, where every run that passed got JSON: somebody else answered."""
    kinds = [one.is_json for one in passed if one.is_json is not None]
    return own.is_json is False and len(kinds) >= FEWEST and all(kinds)


def response_differences(own: Exchange, passed: Sequence[Exchange]) -> list[Difference]:
    """Of answers of the same status: an error is of another shape by nature."""
    if own.response is None:
        return []
    alike = [one.response for one in passed if one.response is not None and one.status == own.status]
    return shape_differences([_said(one) for one in alike], _said(own.response))


def _asked(request: Any) -> Any:
    if not isinstance(request, Mapping) or not isinstance(request.get("headers"), Mapping):
        return request
    headers = {name: value for name, value in request["headers"].items() if name.lower() not in _HEADERS}
    return {**request, "headers": headers}


def _said(response: Any) -> Any:
    """Without what is about the exchange and not about the answer."""
    if not isinstance(response, Mapping):
        return response
    return {name: value for name, value in response.items() if name not in {"headers", "headers_all", "timing"}}


def _exchange(row: Mapping[str, Any]) -> Exchange:
    return Exchange(_read(row["request"]), _read(row["response"]), row["excerpt"] or "")


def _read(text: str | None) -> Any:
    return None if text is None else jsontext.loads(text)


_EXCHANGES: Final = """
    SELECT p.attempt_id, left(p.response, %(excerpt)s) AS excerpt,
           CASE WHEN length(p.request) <= %(largest)s THEN p.request END AS request,
           CASE WHEN length(p.response) <= %(largest)s AND NOT p.is_cut THEN p.response END AS response
      FROM executions_payload p
     WHERE p.attempt_id = %(attempt)s
        OR p.attempt_id IN (SELECT id FROM executions_attempt
                             WHERE step_run_id = ANY(%(passed)s::bigint[]) AND status = 'passed')"""
