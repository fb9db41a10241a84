"""What the models cost. Prices change: the table has a date, and a model that is not in it shows tokens, not money."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

AS_OF: Final = date(2026, 11, 22)
MILLION: Final = Decimal(1_000_000)
LONG_PROMPT: Final = 100_000  # tokens, above which some models cost more
READ_SHARE, WRITE_SHARE = Decimal("0.1"), Decimal("1.25")  # of the price of input: what a prompt cache saves and costs


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens."""

    input: Decimal
    output: Decimal
    long_input: Decimal | None = None
    long_output: Decimal | None = None


@dataclass(frozen=True)
class Usage:
    """Tokens, as the API counts them; `input` leaves out what the cache took or gave."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def all_input(self) -> int:
        return self.input + self.cache_read + self.cache_write


PRICES: Final = {
    "claude-haiku-5-5": Price(Decimal("0.10"), Decimal("0.50"), Decimal("0.50"), Decimal("2.50")),
    "claude-sonnet-5-5": Price(Decimal(2), Decimal(10)),
    "claude-opus-5-5": Price(Decimal(4), Decimal(20)),
    "claude-fable-5-1": Price(Decimal(10), Decimal(50)),
}
DEAREST: Final = max(PRICES.values(), key=lambda price: price.output)


def cost_of(model: str, usage: Usage) -> Decimal | None:
    """None where nobody knows."""
    price = PRICES.get(model)
    return _cost(price, usage) if price else None


def counted_cost(model: str, usage: Usage) -> Decimal:
    """For the budget of the day: a model without a price counts as the dearest."""
    return _cost(PRICES.get(model, DEAREST), usage)


def _cost(price: Price, usage: Usage) -> Decimal:
    is_long = usage.all_input > LONG_PROMPT
    into = (price.long_input if is_long else None) or price.input
    out = (price.long_output if is_long else None) or price.output
    read_and_written = usage.cache_read * READ_SHARE + usage.cache_write * WRITE_SHARE
    return (((usage.input + read_and_written) * into + usage.output * out) / MILLION).quantize(Decimal("0.000001"))
