"""Every schema of the API has a name of its own: django-ninja gives two of one name the same place, without a word."""

from collections import defaultdict
from collections.abc import Iterator

from ninja import Schema

import config.api  # noqa: F401 - brings in every endpoint, and with it every schema


def kinds_of(base: type[Schema]) -> Iterator[type[Schema]]:
    for one in base.__subclasses__():
        yield one
        yield from kinds_of(one)


def test_no_two_schemas_share_a_name() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for schema in kinds_of(Schema):
        if not schema.__module__.startswith(("ninja", "tests")):
            places[schema.__name__].add(schema.__module__)
    assert len(places) > 50, "the schemas of the API were not found"
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
