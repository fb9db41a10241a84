"""One fault: what it does to which part, and for how long. Pure values; `board.py` counts, the others carry out."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from examples.shop.fields import Fields
from examples.shop.messages import Json, Refused

_ANSWERING: Final = ("slow", "status", "wrong_data", "stale", "drop", "reset")

# part -> what can be wrong with it
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "users": _ANSWERING,
    "sessions": _ANSWERING,
    "catalogue": _ANSWERING,
    "orders": _ANSWERING,
    "payments": _ANSWERING,
    "notifications": _ANSWERING,
    "recommendations": ("slow", "status", "wrong_data", "drop", "reset"),
    "database": ("slow", "drop"),
    "cache": ("slow", "drop", "stale"),
    "events": ("delay", "lose", "double", "wrong_data"),
    "certificate": ("expire", "wrong_host", "untrusted"),
}

KINDS: Final[Mapping[str, str]] = {
    "slow": "answers after `seconds`",
    "status": "answers with `status`",
    "wrong_data": "says `value` where `field` is",
    "stale": "says for `seconds` what it said before a change",
    "drop": "never answers; hangs up after `seconds`",
    "reset": "resets the connection",
    "delay": "arrives `seconds` late",
    "lose": "never arrives",
    "double": "arrives twice",
    "expire": "a certificate that has expired",
    "wrong_host": "a certificate for another name",
    "untrusted": "a certificate that nobody known has signed",
}

SECONDS: Final[Mapping[str, float]] = {"slow": 1, "stale": 5, "drop": 60, "delay": 1}  # unless the fault says others
LONGEST: Final = 120.0
# After these the work is done and only the answer is spoiled; elsewhere `after` would change nothing.
_AFTER: Final = ("slow", "status", "drop", "reset")


@dataclass(frozen=True, kw_only=True)
class Fault:
    part: str
    kind: str
    seconds: float = 0  # how slow, how late, how stale
    status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE
    field: str = ""  # `total`, `lines.0.sku`
    value: Any = None
    after: bool = False  # the work is done, and then the answer is spoiled
    share: Decimal = Decimal(1)  # of what it meets; 0.25 is every fourth
    count: int | None = None  # strikes so often and no more
    for_seconds: float | None = None  # is over after that
    key: str = ""  # strikes only what carries this text

    def strikes(self, meeting: int) -> bool:
        """Whether the n-th that it meets is struck: shares are spread evenly, never drawn."""
        return int(meeting * self.share) > int((meeting - 1) * self.share)

    def to_json(self) -> Json:
        """Only what matters to this kind."""
        shown: Json = {"part": self.part, "kind": self.kind}
        if self.kind in SECONDS:
            shown["seconds"] = self.seconds
        if self.kind == "status":
            shown["status"] = int(self.status)
        if self.kind == "wrong_data":
            shown |= {"field": self.field, "value": self.value}
        if self.after:
            shown["after"] = True
        return shown | {
            "share": self.share,
            "count": self.count,
            "for_seconds": self.for_seconds,
            "key": self.key or None,
        }


def read(values: Json) -> Fault:
    """The fault that this JSON object asks for. Raises Refused (422) naming everything that is wrong with it."""
    fields = Fields(values)
    part = fields.choice("part", tuple(PARTS))
    kind = fields.choice("kind", PARTS[part])
    fault = Fault(
        part=part,
        kind=kind,
        seconds=fields.number("seconds", low=0, high=LONGEST, default=SECONDS.get(kind, 0)),
        status=HTTPStatus(fields.choice("status", _STATUSES, default=HTTPStatus.SERVICE_UNAVAILABLE)),
        field=fields.text("field", default="" if kind != "wrong_data" else None, shortest=int(kind == "wrong_data")),
        value=fields.anything("value"),
        after=fields.truth("after"),
        share=_share(fields),
        count=fields.optional_whole_number("count", low=1, high=1_000_000),
        for_seconds=fields.optional_number("for_seconds", low=0.001, high=86_400),
        key=fields.text("key", shortest=0, default=""),
    )
    fields.done()
    if fault.after and kind not in _AFTER:
        raise _senseless("after", f"after means nothing to {kind}.")
    if part == "certificate" and fault.key:
        raise _senseless("key", "A handshake carries no key, so a certificate is wrong for everybody or for nobody.")
    return fault


_STATUSES: Final = tuple(int(status) for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)


def _share(fields: Fields) -> Decimal:
    return Decimal(str(fields.number("share", low=0.001, high=1, default=1)))


def _senseless(field: str, detail: str) -> Refused:
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=[{"field": field, "message": detail}])
