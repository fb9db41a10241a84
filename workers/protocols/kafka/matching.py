"""Which messages are meant, and for those that are not, which condition they failed and by what."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flows.language.actions.kafka_consumer import KafkaConsumerConfig, KafkaMatch
from flows.language.values import to_text
from workers.actions.base import Language
from workers.errors import ExtractionFailed, StepMisconfigured
from workers.protocols.kafka.contents import encoded

_MOST_MISSES = 5
_MOST_TEXT = 1_000  # characters of a message's value that a near miss shows


@dataclass(frozen=True)
class Miss:
    """A condition that did not hold for a message."""

    predicate: str
    expression: Any
    actual: Any
    expected: Any
    message: str


@dataclass
class Matcher:
    """The conditions of one step, with what its templates stand for now."""

    config: KafkaConsumerConfig
    language: Language | None
    key: Any = None
    headers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        match = self.config.match
        if isinstance(match, KafkaMatch):
            self.key = self._rendered(match.key, "match.key")
            rendered = self._rendered(match.headers, "match.headers")
            self.headers = rendered if isinstance(rendered, dict) else {}

    def judge(self, message: dict[str, Any]) -> tuple[int, Miss | None]:
        """How many conditions held before the first that did not, and that one."""
        held = 0
        for miss in self._conditions(message):
            if miss is not None:
                return held, miss
            held += 1
        return held, None

    def _conditions(self, message: dict[str, Any]) -> Iterator[Miss | None]:
        match, filters = self.config.match, self.config.filter
        if isinstance(match, KafkaMatch):
            if self.key is not None:
                yield _same("match.key", "key", self.key, message["key"])
            for name, wanted in self.headers.items():
                found = message["headers"].get(name)
                yield _same(f"match.headers.{name}", f"headers.{name}", wanted, found)
            if match.json_path is not None:
                yield self._found("match.json_path", match.json_path, message)
            if match.expression is not None:
                yield self._true("match.expression", match.expression, message)
        elif match is not None:
            yield self._true("match", match, message)
        for expression in [filters] if isinstance(filters, str) else filters or ():
            yield self._true("filter", expression, message)

    def _found(self, predicate: str, path: str, message: dict[str, Any]) -> Miss | None:
        """A path that leads somewhere, or an expression that is true."""
        try:
            found = self._flow.evaluate(path, over=_over(message))
        except ExtractionFailed as exc:
            return Miss(predicate, path, None, None, exc.message)
        if found is False:
            return self._true(predicate, path, message)
        return Miss(predicate, path, found, None, f"{path} finds nothing") if found == [] else None

    def _true(self, predicate: str, expression: str, message: dict[str, Any]) -> Miss | None:
        record = self._flow.judge(expression, over=_over(message))
        if record["passed"]:
            return None
        return Miss(predicate, expression, record["actual"], record["expected"], record["message"])

    def _rendered(self, value: Any, place: str) -> Any:
        return value if self.language is None else self.language.render(value, place=place)

    @property
    def _flow(self) -> Language:
        if self.language is None:
            raise StepMisconfigured("match and filter need the flow they are written in")
        return self.language


class NearMisses:
    """The few messages that came nearest to being meant: those that failed latest, the newest of them."""

    def __init__(self) -> None:
        self._kept: list[tuple[int, dict[str, Any]]] = []

    def add(self, held: int, message: dict[str, Any], miss: Miss) -> None:
        if len(self._kept) == _MOST_MISSES:
            worst = min(range(_MOST_MISSES), key=lambda index: self._kept[index][0])  # the oldest of the worst
            if self._kept[worst][0] > held:
                return
            del self._kept[worst]
        self._kept.append((held, _entry(message, miss)))

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The nearest first."""
        newest_first = self._kept[::-1]
        newest_first.sort(key=lambda kept: -kept[0])
        return [entry for _, entry in newest_first]


def _entry(message: dict[str, Any], miss: Miss) -> dict[str, Any]:
    text = message["text"]
    shown = text if text is None or len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"
    return {
        "partition": message["partition"],
        "offset": message["offset"],
        "timestamp": message["timestamp"],
        "key": message["key"],
        "headers": message["headers"],
        "text": shown,
        "predicate": miss.predicate,
        "expression": miss.expression,
        "actual": miss.actual,
        "expected": miss.expected,
        "message": miss.message,
    }


def _over(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "body": message["value"]}  # so that a `$` path is read over the value


def _same(predicate: str, name: str, wanted: Any, found: Any) -> Miss | None:
    """Compared as bytes on the wire would be: a number meets its text."""
    candidates = found if isinstance(found, list) else [found]
    if any(candidate is not None and encoded(candidate, name) == encoded(wanted, name) for candidate in candidates):
        return None
    if wanted is None and found is None:
        return None
    message = f"{name} is {_quoted(found)}, expected {_quoted(wanted)}"
    return Miss(predicate, wanted, found, wanted, message)


def _quoted(value: Any) -> str:
    if value is None:
        return "missing"
    text = value if isinstance(value, str) else to_text(value)
    return f'"{text[:100]}{"…" if len(text) > 100 else ""}"'
