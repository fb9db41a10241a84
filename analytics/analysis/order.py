"""A question as it is put, and the reply."""

from dataclasses import dataclass, field
from typing import Final

from analytics.analysis.prices import Usage

MOST_TOKENS: Final = 8_000  # of an answer


@dataclass(frozen=True)
class Order:
    api_key: str = field(repr=False)
    base_url: str
    model: str
    effort: str
    system: str
    document: str
    seconds: float


@dataclass(frozen=True)
class Reply:
    text: str
    usage: Usage
    tries: int
