"""Masks JSON values and text."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from executions.masking.headers import mask_under
from executions.masking.marks import mark
from executions.masking.names import holds_a_count, is_secret_name, mark_name
from executions.masking.places import mask_places
from executions.masking.values import Secrets, ValueFinder, finder_for

MIN_LEARNED: Final = 4  # characters of a value that nobody vetted as a secret
_TOO_COMMON: Final = frozenset("true false null none undefined bearer basic password secret token test admin".split())

Change = tuple[Any, Any, Any]  # key or index, the key as recorded, the value as recorded


class Masker:
    """Knows the secrets of one execution and takes them out of what is recorded. Immutable, safe in any thread."""

    __slots__ = ("_finder", "_numbers", "_secrets")

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._know(tuple((name, value) for name, value in secrets.items() if value))

    def _know(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._finder: ValueFinder | None = finder_for(secrets) if secrets else None
        self._numbers = _numbers_of(secrets)

    def __repr__(self) -> str:
        return f"<Masker of {len(self._secrets)} secrets>"

    def with_secret(self, name: str, value: Any) -> "Masker":
        """A masker that knows each leaf of `value` too: a captured variable, an override, a token from OAuth.

        Nobody vetted these, so leaves that would black out half the record are left out: booleans, nulls, texts shorter
        than four characters, and words like `password`. The variable itself is still masked by its name.
        """
        known = {text for _, text in self._secrets}
        new = dict.fromkeys(text for text in _leaf_texts(value) if _is_worth_hiding(text) and text not in known)
        if not new:
            return self
        masker = Masker.__new__(Masker)
        masker._know((*self._secrets, *((name, text) for text in new)))
        return masker

    def text(self, text: str) -> str:
        """`text` with secrets replaced; the same object when there is none."""
        if self._finder is not None:
            text = self._finder.mask(text)
        return mask_places(text, self._mark_for)

    def value(self, value: Any) -> Any:
        """`value`, JSON types and Decimal at any depth, with secrets replaced; the same object when there is none."""
        if not isinstance(value, dict | list | tuple):
            return self._leaf(value, "")
        return _Walk(self._leaf, self.text).run(value)

    def _leaf(self, leaf: Any, under: str) -> Any:
        """One leaf as recorded. `under` is the secret name it stands under, or empty."""
        if leaf is None or isinstance(leaf, bool):
            return leaf
        if isinstance(leaf, str):
            masked = self.text(leaf)
            return mask_under(under, masked, self._mark_for(under)) if under and masked else masked
        if isinstance(leaf, int | float | Decimal):
            if self._numbers and leaf in self._numbers:
                return self._numbers[leaf]
            if under and not holds_a_count(under):
                return self._mark_for(under)
        return leaf

    def _mark_for(self, name: str) -> str:
        """The mark for what stands under a key or in a place called `name`, which itself may hold a secret."""
        made = mark_name(name)
        return mark("value" if self._finder is not None and self._finder.has_any(made) else made)


class _Walk:
    """One pass over nested JSON, without recursion: a body may be nested deeper than Python's stack."""

    def __init__(self, leaf: Callable[[Any, str], Any], text: Callable[[str], str]) -> None:
        self._leaf = leaf
        self._text = text
        self._keys: dict[str, tuple[str, bool]] = {}  # key → as recorded, named like a secret
        self._found: list[tuple[Any, int, Any, str]] = []  # container, index of its parent, its key there, secret name
        self._changes: dict[int, list[Change]] = {}  # by index of the container

    def run(self, root: Any) -> Any:
        self._found.append((root, -1, None, ""))
        at = 0
        while at < len(self._found):
            container, _, _, under = self._found[at]
            if isinstance(container, dict):
                self._look_into_dict(container, at, under)
            else:
                self._look_into_list(container, at, under)
            at += 1
        return self._rebuild(root) if self._changes else root

    def _look_into_dict(self, container: dict[Any, Any], at: int, under: str) -> None:
        named = _name_of_pair(container)
        for key, child in container.items():
            recorded, is_secret = self._key(key)
            inherited = under or (key if is_secret else named if key == "value" else "")
            self._look_at(child, at, key, recorded, inherited)

    def _look_into_list(self, container: Any, at: int, under: str) -> None:
        named = under or self._name_in_pair(container, at)
        for index, child in enumerate(container):
            self._look_at(child, at, index, index, named if index or under else "")

    def _name_in_pair(self, container: Any, at: int) -> str:
        """`[["X-Api-Key", …]]`: headers and metadata as a list of pairs."""
        parent = self._found[at][1]
        if len(container) != 2 or parent < 0 or not isinstance(self._found[parent][0], list | tuple):
            return ""
        name = container[0]
        return name if isinstance(name, str) and is_secret_name(name) else ""

    def _look_at(self, child: Any, at: int, key: Any, recorded: Any, under: str) -> None:
        if isinstance(child, dict | list | tuple):
            if child:
                self._found.append((child, at, key, under))
            masked = child
        else:
            masked = self._leaf(child, under)
            if masked == child and isinstance(masked, type(child)):
                masked = child
        if masked is not child or recorded is not key:
            self._changes.setdefault(at, []).append((key, recorded, masked))

    def _key(self, key: Any) -> tuple[Any, bool]:
        if not isinstance(key, str):
            return key, False
        known = self._keys.get(key)
        if known is None:
            known = self._keys[key] = (self._text(key), is_secret_name(key))
        return (key if known[0] == key else known[0]), known[1]

    def _rebuild(self, root: Any) -> Any:
        """Copies of the containers that changed and of those around them, from the inside out."""
        for at in range(len(self._found) - 1, -1, -1):
            changes = self._changes.get(at)
            if changes is None:
                continue
            container, parent, key, _ = self._found[at]
            copy = (
                _changed_dict(container, changes) if isinstance(container, dict) else _changed_list(container, changes)
            )
            if parent < 0:
                return copy
            self._changes.setdefault(parent, []).append((key, key, copy))
        return root


def _changed_dict(container: dict[Any, Any], changes: list[Change]) -> dict[Any, Any]:
    keys: dict[Any, Any] = {}
    values: dict[Any, Any] = {}
    for key, recorded, value in changes:  # a key may come twice: for its own text, and for what is inside its value
        keys[key] = keys.get(key, key) if recorded is key else recorded
        values[key] = value
    copy: dict[Any, Any] = {}
    for key, value in container.items():
        recorded, count = keys.get(key, key), 1
        while recorded in copy:  # two keys with the same secret stay two
            count += 1
            recorded = f"{keys.get(key, key)} ({count})"
        copy[recorded] = values.get(key, value)
    return copy


def _changed_list(container: Any, changes: list[Change]) -> list[Any]:
    copy = list(container)
    for index, _, value in changes:
        copy[index] = value
    return copy


def _name_of_pair(container: dict[Any, Any]) -> str:
    """`{"name": "X-Api-Key", "value": …}`: headers and captured variables are written like this."""
    name = container.get("name")
    return name if isinstance(name, str) and "value" in container and is_secret_name(name) else ""


def _numbers_of(secrets: Secrets) -> dict[Any, str]:
    """Secrets that are numbers, by value: 42, 42.0 and Decimal("42") are one key."""
    numbers: dict[Any, str] = {}
    for name, value in secrets:
        try:
            number = Decimal(value)
        except InvalidOperation:
            continue
        if number.is_finite() and abs(number.adjusted()) < 400:
            numbers.setdefault(number, mark(name))
            numbers.setdefault(float(number), mark(name))
    return numbers


def _leaf_texts(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list | tuple):
            pending.extend(item)
        elif isinstance(item, str):
            yield item
        elif isinstance(item, int | float | Decimal) and not isinstance(item, bool):
            yield str(item)


def _is_worth_hiding(text: str) -> bool:
    return len(text) >= MIN_LEARNED and text.lower() not in _TOO_COMMON
