"""Text from systems under test that reads like an order to a model: a guess. It is told; no proof rests on it."""

import re
from typing import Final

RUN: Final = 6  # words in a row that no advice takes from such text
_ORDERS: Final = re.compile(
    r"(ignore|disregard|forget|override)\s+(all\s+|any\s+|the\s+|your\s+|every\s+)*(previous|prior|earlier|above|preceding|other|system)?\s*"
    r"(instructions?|rules?|prompts?|directions?|guidelines)"
    r"|\byou\s+are\s+(now\s+)?(an?\s+)?(ai|assistant|language model|llm|claude)\b"
    r"|\b(system|developer)\s+prompt\b"
    r"|\b(instructions?|note|message)\s+(to|for)\s+(the\s+)?(ai|assistant|model|llm|claude|analy[sz]er)\b"
    r"|\bas\s+an?\s+(ai|language model|assistant)\b"
    r"|(reveal|print|repeat|send)\s+(me\s+)?(your|the)\s+(system|hidden|secret|instructions?|prompt|api\s*key)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w+")


def reads_like_orders(text: str) -> bool:
    return _ORDERS.search(text) is not None


def repeats(text: str, source: str, run: int = RUN) -> bool:
    """Whether `text` takes `run` words in a row from `source`."""
    said, there = _words(text), _words(source)
    runs = {tuple(there[at : at + run]) for at in range(len(there) - run + 1)}
    return any(tuple(said[at : at + run]) in runs for at in range(len(said) - run + 1))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
