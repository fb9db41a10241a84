"""What an answer is checked against: the evidence as it was sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.analysis.injection import reads_like_orders
from analytics.analysis.tokens import Known
from analytics.diagnosis.evidence import CATEGORIES
from flows.language import jsontext

# A single rule that gives a cause this much leaves the others little room: an unresolved name, a bad certificate.
DECISIVE: Final = frozenset({"dns", "tls", "egress", "unresolved", "kafka_topic", "no_route"})
HISTORY: Final = frozenset({"history", "fingerprint", "absence", "other_env", "hours", "group", "trend"})
BODIES: Final = frozenset(
    {"response_excerpt", "response", "request_sent", "response_differences", "inputs", "attempts"}
)


@dataclass(frozen=True)
class Item:
    id: str
    type: str
    text: str  # the fact and the data, as they were sent
    is_untrusted: bool


@dataclass(frozen=True)
class Ground:
    items: Mapping[str, Item]
    step: str
    names: str  # of flow, environment and steps: any claim may say them
    decisive: str  # the cause that a decisive rule names, or empty

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Ground":
        items = {
            one["id"]: Item(
                id=one["id"],
                type=one["type"],
                text=f"{one['fact']} {jsontext.dumps(one['data'])}",
                is_untrusted=bool(one.get("untrusted")),
            )
            for one in document["items"]
        }
        step = document.get("failed_step") or {}
        names = jsontext.dumps([document.get("execution"), document.get("group"), step])
        return cls(items, str(step.get("path", "")), names, _decisive(document.get("rules") or ()))

    def known(self, ids: Iterable[str]) -> Known:
        return Known.of(self.names, *(self.items[one].text for one in ids if one in self.items))

    @property
    def everything(self) -> Known:
        return self.known(self.items)

    @property
    def for_advice(self) -> Known:
        """What is not a body that a system under test wrote, and does not read like orders."""
        return self.known(
            one.id
            for one in self.items.values()
            if one.type not in BODIES and not (one.is_untrusted and reads_like_orders(one.text))
        )

    @property
    def untrusted_text(self) -> str:
        return "\n".join(one.text for one in self.items.values() if one.is_untrusted)

    @property
    def injected_by(self) -> list[str]:
        return [one.id for one in self.items.values() if one.is_untrusted and reads_like_orders(one.text)]


def _decisive(rules: Iterable[Mapping[str, Any]]) -> str:
    for rule in rules:
        if rule["id"] in DECISIVE:
            points = rule["points"]
            return max(CATEGORIES, key=lambda one: points.get(one, 0))
    return ""
