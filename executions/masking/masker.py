"""Masks JSON values and text."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from executions.masking.headers import mask_under, without_scheme
from executions.masking.marks import is_masked, mark
from executions.masking.names import holds_a_count, is_secret_name, mark_name
from executions.masking.places import mask_places
from executions.masking.values import Secrets, ValueFinder, finder_for
from executions.masking.walk import Keys, Walk

MIN_LEARNED: Final = 4  # characters of a value that nobody vetted as a secret
MIN_GENERATED: Final = 8
_TOO_COMMON: Final = frozenset(
    ("true", "false", "null", "none", "undefined", "bearer", "basic", "password", "secret", "token", "test", "admin")
)


class Masker:
    """Knows the secrets of one execution and takes them out of what is recorded. Immutable, safe in any thread."""

    __slots__ = ("_finder", "_keys", "_numbers", "_secrets")

    def __init__(self, secrets: Mapping[str, str] | Secrets) -> None:
        pairs = secrets.items() if isinstance(secrets, Mapping) else secrets
        self._secrets: Secrets = tuple((name, value) for name, value in pairs if value)
        self._finder: ValueFinder | None = finder_for(self._secrets) if self._secrets else None
        self._numbers = _numbers_of(self._secrets)
        self._keys: Keys = {}  # the same few come with every step

    def __repr__(self) -> str:
        return f"<Masker of {len(self._secrets)} secrets>"

    def with_secret(self, name: str, value: Any) -> "Masker":
        """A masker that knows each leaf of `value` too: a captured variable, an override, a token from OAuth.

        Nobody vetted these, so leaves that would black out half the record are left out: booleans, nulls, texts shorter
        than four characters, and words like `password`. The variable itself is still masked by its name.
        """
        return self._with((name, text) for text in _leaf_texts(value) if _is_worth_hiding(text))

    def learning_from(self, value: Any) -> "Masker":
        """A masker that knows what stands under secret names in `value`, to find it again elsewhere.

        `{"access_token": "x1"}` in a response hides x1 in a failed assertion's text and in the next step's URL.
        Only what looks made by a machine is learned: `{"password": "is required"}` is somebody's error message.
        """
        return self._with((name, text) for name, text in _named_secrets(value) if _looks_generated(text))

    def _with(self, pairs: Iterable[tuple[str, str]]) -> "Masker":
        known = {text for _, text in self._secrets}
        new = {text: name for name, text in pairs if text not in known}
        return Masker((*self._secrets, *((name, text) for text, name in new.items()))) if new else self

    def text(self, text: str) -> str:
        """`text` with secrets replaced; the same object when there is none."""
        if self._finder is not None:
            text = self._finder.mask(text)
        return mask_places(text, self._mark_for)

    def value(self, value: Any) -> Any:
        """`value`, JSON types and Decimal at any depth, with secrets replaced; the same object when there is none."""
        if not isinstance(value, dict | list | tuple):
            return self._leaf(value, "")
        if not value:
            return value
        return Walk(self._leaf, self.text, self._keys).run(value)

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


def _looks_generated(text: str) -> bool:
    if len(text) < MIN_GENERATED or any(char.isspace() for char in text) or is_masked(text):
        return False
    return len(text) >= 2 * MIN_GENERATED or not text.isalpha()


def _named_secrets(value: Any) -> Iterator[tuple[str, str]]:
    """(name, text) of the texts under secret names, without the scheme of a credential. Cookies are too often words."""
    pending = [(value, "")]
    while pending:
        item, under = pending.pop()
        if isinstance(item, dict):
            pending.extend((child, under or (key if is_secret_name(str(key)) else "")) for key, child in item.items())
        elif isinstance(item, list | tuple):
            pending.extend((child, under) for child in item)
        elif under and isinstance(item, str) and "cookie" not in under.lower():
            yield mark_name(under), without_scheme(item)
