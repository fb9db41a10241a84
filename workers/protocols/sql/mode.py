"""How a statement is run: read only, in a transaction, or bare."""

from enum import Enum

from workers.protocols.sql.reading import certainly_reads
from workers.protocols.sql.tokens import tokens

_PLAIN = frozenset({"select", "insert", "update", "delete", "merge", "with", "values", "table"})


class Mode(Enum):
    READ_ONLY = "begin read only"
    TRANSACTION = "begin"
    AUTOCOMMIT = ""


def mode_of(transaction: bool | str | None, query: str, written: str) -> Mode:
    """What certainly only reads runs READ ONLY; other plain statements in a transaction; the rest may not be in one.

    `written` is the query before rendering. If it reads, then whatever a template put into it is held to READ ONLY:
    so what was judged harmless by the written text (DESIGN §5.4) is.
    """
    if transaction == "read_only":
        return Mode.READ_ONLY
    if transaction is not None:
        return Mode.TRANSACTION if transaction else Mode.AUTOCOMMIT
    if certainly_reads(written) or certainly_reads(query):
        return Mode.READ_ONLY
    return Mode.TRANSACTION if first_word(query) in _PLAIN else Mode.AUTOCOMMIT


def first_word(query: str) -> str:
    return next((token.text.lower() for token in tokens(query) if token.kind == "word"), "")
