"""Names that are no values themselves but have values under them: `random.int(1, 6)`, `FAKER.name.firstName`."""

import functools
import threading
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from flows.language.expressions.errors import EvaluationError, ValueMissing
from flows.language.values import Missing, is_number, near

Draw = Callable[[str, Callable[[Random], Any]], Any]  # (what is drawn, how) -> the value, the same on every retry

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_MAX_LENGTH = 10_000


class Namespace:
    """Base. A path that ends on one is an error."""

    def member(self, name: str) -> Any:
        """What stands under `.name`: a value or another namespace."""
        raise NotImplementedError

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        """What `.name(arguments…)` gives."""
        raise NotImplementedError

    def hint(self, written: str) -> str:
        """The sentence for a path that stops too early."""
        return f"{written} is no value."


class RandomNames(Namespace):
    """`random.int(a, b)`, `random.string(n)`, `random.uuid`."""

    names = ("int", "string", "uuid")

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def member(self, name: str) -> Any:
        return self.call(name, ())

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        if name == "int":
            least, most = _bounds(arguments)
            return self._draw(f"random.int({least},{most})", lambda rng: rng.randint(least, most))
        if name == "string":
            length = _length(arguments)
            return self._draw(f"random.string({length})", lambda rng: random_string(rng, length))
        if name == "uuid" and not arguments:
            return self._draw("random.uuid", random_uuid)
        raise ValueMissing(Missing(f"random.{name}", tuple(f"random.{other}" for other in near(name, self.names))))

    def hint(self, written: str) -> str:
        return f"{written} is no value. There is random.int(a, b), random.string(n) and random.uuid."


def random_uuid(rng: Random) -> str:
    """A version 4 UUID from `rng`."""
    import uuid

    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def random_string(rng: Random, length: int = 16) -> str:
    """Letters and digits from `rng`."""
    return "".join(rng.choice(LETTERS) for _ in range(length))


def _bounds(arguments: Sequence[Any]) -> tuple[int, int]:
    if not arguments:
        return 0, 999_999
    if len(arguments) == 2 and all(isinstance(a, int) and is_number(a) for a in arguments):
        least, most = arguments
        if least <= most:
            return least, most
        raise EvaluationError(f"random.int({least}, {most}) has no numbers to choose from: {least} is above {most}.")
    raise EvaluationError("random.int takes two whole numbers, as in random.int(1, 6).")


def _length(arguments: Sequence[Any]) -> int:
    if not arguments:
        return 16
    length = arguments[0] if len(arguments) == 1 else None
    if isinstance(length, int) and not isinstance(length, bool) and 0 <= length <= _MAX_LENGTH:
        return length
    raise EvaluationError(f"random.string takes one length from 0 to {_MAX_LENGTH}.")


class FakerNames(Namespace):
    """`FAKER.name.firstName`: the usual Faker names in camelCase, made by the Faker library."""

    def __init__(self, draw: Draw, group: str = "") -> None:
        self._draw = draw
        self._group = group

    def member(self, name: str) -> Any:
        if not self._group and name in GROUPS:
            return FakerNames(self._draw, name)
        return self._make(name, ())

    def call(self, name: str, arguments: Sequence[Any]) -> Any:
        return self._make(name, arguments)

    def _make(self, name: str, arguments: Sequence[Any]) -> Any:
        maker = _find_maker(self._group, name)
        if maker is None:
            raise self._unknown(name)
        if not all(isinstance(a, int) and is_number(a) and 0 <= a <= 1_000_000 for a in arguments):
            raise EvaluationError("The arguments of a FAKER name are whole numbers up to 1000000.")
        if arguments and name not in _COUNTED:
            raise EvaluationError(f"FAKER.{self._group}.{name} takes no arguments.")
        written = f"FAKER.{self._group}.{name}" + (f"({','.join(map(str, arguments))})" if arguments else "")
        return self._draw(written, lambda rng: _fake(rng, maker, arguments))

    def _unknown(self, name: str) -> ValueMissing:
        before = f"FAKER.{self._group}" if self._group else "FAKER"
        names = GROUPS.get(self._group) or tuple(GROUPS)
        return ValueMissing(Missing(f"{before}.{name}", tuple(f"{before}.{other}" for other in near(name, names))))

    def hint(self, written: str) -> str:
        names = GROUPS.get(self._group) or tuple(GROUPS)
        return f"{written} is no value. There is {', '.join(f'{written}.{name}' for name in list(names)[:3])} and more."


# Our name -> the method of the Faker library, or "=" and a maker of our own (see _OWN).
GROUPS: Final[dict[str, dict[str, str]]] = {
    "name": {
        "firstName": "first_name",
        "lastName": "last_name",
        "fullName": "name",
        "findName": "name",
        "name": "name",
        "prefix": "prefix",
        "suffix": "suffix",
        "jobTitle": "job",
        "gender": "=gender",
    },
    "internet": {
        "email": "email",
        "exampleEmail": "safe_email",
        "safeEmail": "safe_email",
        "userName": "user_name",
        "username": "user_name",
        "password": "password",
        "url": "url",
        "domainName": "domain_name",
        "domainWord": "domain_word",
        "ip": "ipv4",
        "ipv4": "ipv4",
        "ipv6": "ipv6",
        "mac": "mac_address",
        "userAgent": "user_agent",
        "slug": "slug",
        "port": "port_number",
    },
    "phone": {"phoneNumber": "phone_number", "number": "phone_number"},
    "address": {
        "streetAddress": "street_address",
        "streetName": "street_name",
        "street": "street_name",
        "buildingNumber": "building_number",
        "city": "city",
        "state": "state",
        "stateAbbr": "state_abbr",
        "zipCode": "zipcode",
        "country": "country",
        "countryCode": "country_code",
        "latitude": "=latitude",
        "longitude": "=longitude",
    },
    "company": {
        "companyName": "company",
        "name": "company",
        "companySuffix": "company_suffix",
        "catchPhrase": "catch_phrase",
        "bs": "bs",
    },
    "commerce": {
        "department": "=department",
        "productName": "=product_name",
        "product": "=product",
        "productDescription": "sentence",
        "price": "=price",
        "color": "color_name",
    },
    "finance": {
        "account": "=account",
        "routingNumber": "=routing_number",
        "creditCardNumber": "credit_card_number",
        "creditCardCVV": "credit_card_security_code",
        "amount": "=amount",
        "currencyCode": "currency_code",
        "currencyName": "=currency_name",
        "iban": "iban",
        "bic": "swift",
    },
    "datatype": {
        "uuid": "=uuid",
        "boolean": "=boolean",
        "number": "=number",
        "float": "=float",
        "string": "=string",
        "datetime": "=datetime",
    },
    "date": {
        "past": "=past",
        "future": "=future",
        "recent": "=recent",
        "soon": "=soon",
        "birthdate": "=birthdate",
        "weekday": "day_of_week",
        "month": "month_name",
    },
    "lorem": {
        "word": "word",
        "words": "=words",
        "sentence": "sentence",
        "sentences": "=sentences",
        "paragraph": "paragraph",
        "paragraphs": "=paragraphs",
        "text": "text",
        "slug": "slug",
    },
    "random": {"uuid": "=uuid", "number": "=number", "boolean": "=boolean", "word": "word", "alphaNumeric": "=string"},
    "system": {"fileName": "file_name", "mimeType": "mime_type", "fileExt": "file_extension"},
}
GROUPS["person"] = GROUPS["name"]
GROUPS["location"] = GROUPS["address"]
GROUPS["string"] = {"uuid": "=uuid", "alphanumeric": "=string"}
_COUNTED = frozenset({"words", "sentences", "paragraphs", "number", "string", "alphaNumeric", "alphanumeric"})


def _find_maker(group: str, name: str) -> str | None:
    if group:
        return GROUPS[group].get(name)
    found = [names[name] for names in GROUPS.values() if name in names]
    return found[0] if found else None


_lock = threading.Lock()


def _fake(rng: Random, maker: str, arguments: Sequence[Any]) -> Any:
    """One value of the Faker library, seeded from the draw. `maker` comes from GROUPS, never from the flow."""
    seed = rng.getrandbits(64)
    with _lock:
        fake = _faker()
        fake.seed_instance(seed)
        if maker.startswith("="):
            from flows.language.fakes import OWN

            return OWN[maker[1:]](fake, *arguments)
        return getattr(fake, maker)()


@functools.cache
def _faker() -> Any:
    """The library, imported on first use: that takes a while, and few flows need it."""
    from faker import Faker

    return Faker("en_US")
