"""Fake values that the Faker library has under no single name, or with a type of Python's own."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flows.language.values import iso

_DEPARTMENTS = ("Books", "Clothing", "Electronics", "Garden", "Grocery", "Health", "Home", "Music", "Sports", "Toys")
_ADJECTIVES = ("Ergonomic", "Handmade", "Rustic", "Sleek", "Small", "Refined", "Generic", "Practical", "Licensed")
_MATERIALS = ("Wooden", "Steel", "Cotton", "Granite", "Rubber", "Plastic", "Bronze", "Concrete")
_PRODUCTS = ("Chair", "Keyboard", "Mouse", "Table", "Shoes", "Hat", "Towels", "Bike", "Lamp", "Bottle")
_DAY = 86_400


def _moment(fake: Any, least_days: float, most_days: float) -> str:
    """A time between so many days before and after now, to the second."""
    seconds = fake.random.randint(int(least_days * _DAY), int(most_days * _DAY))
    return iso(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds))


def _digits(fake: Any, count: int) -> str:
    return "".join(str(fake.random.randint(0, 9)) for _ in range(count))


def _product_name(fake: Any) -> str:
    return " ".join(fake.random.choice(words) for words in (_ADJECTIVES, _MATERIALS, _PRODUCTS))


def _number(fake: Any, most: int = 99_999) -> int:
    return int(fake.random.randint(0, most))


def _string(fake: Any, length: int = 10) -> str:
    return "".join(fake.random_elements("abcdefghijklmnopqrstuvwxyz0123456789", length=min(length, 10_000)))


def _birthdate(fake: Any) -> str:
    return str(fake.date_of_birth(minimum_age=18, maximum_age=80).isoformat()) + "T00:00:00Z"


def _lines(fake: Any, what: str, count: int) -> str:
    separator = " " if what == "sentences" else "\n"
    return separator.join(getattr(fake, what)(nb=min(count, 1000)))


OWN: Final[Mapping[str, Callable[..., Any]]] = {
    "gender": lambda fake: fake.random.choice(("female", "male", "non-binary")),
    "latitude": lambda fake: float(fake.latitude()),
    "longitude": lambda fake: float(fake.longitude()),
    "department": lambda fake: fake.random.choice(_DEPARTMENTS),
    "product": lambda fake: fake.random.choice(_PRODUCTS),
    "product_name": _product_name,
    "price": lambda fake: round(fake.random.randint(100, 99_999) / 100, 2),
    "amount": lambda fake: round(fake.random.randint(0, 99_999) / 100, 2),
    "account": lambda fake: _digits(fake, 8),
    "routing_number": lambda fake: _digits(fake, 9),
    "currency_name": lambda fake: fake.currency()[1],
    "uuid": lambda fake: str(fake.uuid4()),
    "boolean": lambda fake: fake.random.random() < 0.5,
    "number": _number,
    "float": lambda fake: round(fake.random.uniform(0, 99_999), 2),
    "string": _string,
    "datetime": lambda fake: _moment(fake, -3650, 3650),
    "past": lambda fake: _moment(fake, -365, -1),
    "future": lambda fake: _moment(fake, 1, 365),
    "recent": lambda fake: _moment(fake, -1, 0),
    "soon": lambda fake: _moment(fake, 0, 1),
    "birthdate": _birthdate,
    "words": lambda fake, count=3: " ".join(fake.words(nb=min(count, 1000))),
    "sentences": lambda fake, count=3: _lines(fake, "sentences", count),
    "paragraphs": lambda fake, count=3: _lines(fake, "paragraphs", count),
}
