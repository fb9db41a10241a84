"""Walks nested JSON without recursion: a body may be nested deeper than Python's stack."""

from collections.abc import Callable
from typing import Any, Final

from executions.masking.names import is_secret_name

Keys = dict[str, tuple[str, bool]]  # key → as recorded, named like a secret
Change = tuple[Any, Any, Any]  # key or index, the key as recorded, the value as recorded

MOST_KEYS: Final = 1_000  # remembered


class Walk:
    """Finds the changes first and copies only what they touch: mostly there are none."""

    def __init__(self, leaf: Callable[[Any, str], Any], text: Callable[[str], str], keys: Keys) -> None:
        self._leaf = leaf
        self._text = text
        self._keys = keys
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
        masked = child
        if child is None or child is True or child is False:
            pass  # the commonest leaves, and nothing to hide
        elif isinstance(child, dict | list | tuple):
            if child:
                self._found.append((child, at, key, under))
        else:
            masked = self._leaf(child, under)
            if masked is not child and masked == child and isinstance(masked, type(child)):
                masked = child
        if masked is not child or recorded is not key:
            self._changes.setdefault(at, []).append((key, recorded, masked))

    def _key(self, key: Any) -> tuple[Any, bool]:
        if not isinstance(key, str):
            return key, False
        known = self._keys.get(key)
        if known is None:
            if len(self._keys) > MOST_KEYS:
                self._keys.clear()
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
