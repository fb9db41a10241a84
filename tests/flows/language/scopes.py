"""The cast of these tests: a step that created an order over HTTP, and what it may read."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

from flows.language.builtins import Builtins
from flows.language.expressions.evaluate import evaluate
from flows.language.expressions.parse import parse
from flows.language.scope import Scope

NOW = datetime(2024, 5, 1, 9, 8, 7, 250_000, tzinfo=UTC)

BODY: dict[str, Any] = {
    "id": "ord-1",
    "state": "pending",
    "total": 59.9,
    "exact": Decimal("59.90"),
    "count": 3,
    "paid": False,
    "note": None,
    "customer": {"name": "Zoë", "e-mail": "zoe@example.com", "nick names": ["z"]},
    "items": [
        {"sku": "a", "price": 3.5, "tags": ["x", "y"]},
        {"sku": "b", "price": 10, "tags": []},
        {"sku": "c", "price": 20, "tags": ["y"]},
    ],
    "first": "a",
    "in": "inside",
    "nil": "nothing",
    "not": "negation",
    "status": "created",
    "empty": [],
}
RESULT: dict[str, Any] = {
    "status": 201,
    "headers": {"Content-Type": "application/json", "x-request-id": "r-1"},
    "body": BODY,
    "duration_ms": 12,
    "size": 345,
}


def builtins(seed: int = 1) -> Builtins:
    return Builtins(
        flow_id="f-1",
        flow_name="Checkout",
        execution_id="e-1",
        environment="staging",
        now=lambda: NOW,
        rng=Random(seed),
    )


def scope(**names: Any) -> Scope:
    """A scope without a result; keyword arguments are captured variables."""
    return Scope(captured=names, builtins=builtins())


def after_http(**names: Any) -> Scope:
    """The scope of the order's step, with its result."""
    return scope(**names).with_result(RESULT)


def value(expression: str, **names: Any) -> Any:
    """What `expression` gives in the order's scope."""
    return evaluate(parse(expression), after_http(**names))
