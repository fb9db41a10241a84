"""Notifications: what customers are told about their orders. Hears of them through Kafka alone."""

from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import simplejson
from psycopg import Connection
from psycopg.rows import DictRow

from examples.shop.cache import Cache
from examples.shop.events.outbox import put
from examples.shop.events.relay import event_id, header
from examples.shop.events.topics import EVENT_TYPE, PAID, PLACED, REJECTED
from examples.shop.messages import Json, Refused, Request, Response, answer
from examples.shop.router import Route
from examples.shop.store import Store

if TYPE_CHECKING:
    from confluent_kafka import Message

LISTENS_TO: Final = (PLACED, PAID)


class Unreadable(Exception):
    """An event that says nothing a notification could be made of. The message says why."""


class Notifications:
    def __init__(self, store: Store, cache: Cache) -> None:
        self._store = store
        self._cache = cache

    def routes(self) -> list[Route]:
        return [Route("GET", "/notifications", self.browse, "what was told about ?order=; `cached` says from where")]

    def browse(self, request: Request) -> Response:
        order_id = request.query.get("order", "")
        if not 1 <= len(order_id) <= 64:
            raise Refused(HTTPStatus.BAD_REQUEST, "order must name an order: /notifications?order=ID.")
        items = self._cache.notifications(order_id)
        cached = items is not None
        if items is None:
            items = self._of(order_id)
            if items:
                self._cache.keep_notifications(order_id, items)
        return answer({"items": items, "count": len(items), "cached": cached})

    def work(self, connection: Connection[DictRow], message: "Message") -> None:
        """Note down what the event tells, or set it aside with the reason why not."""
        try:
            row = _read(message)
        except Unreadable as exc:
            self._set_aside(connection, message, str(exc))
            return
        connection.execute(
            """
            INSERT INTO notifications (event_id, order_id, event, recipient, message)
            VALUES (%(event_id)s, %(order_id)s, %(event)s, %(recipient)s, %(message)s)
            ON CONFLICT (event_id) DO NOTHING  -- an event that came twice is told once
            """,
            row,
        )

    def worked(self, message: "Message") -> None:
        """Put what is now known into the cache."""
        try:
            order_id = _read(message)["order_id"]
        except Unreadable:
            return
        self._cache.keep_notifications(order_id, self._of(order_id))

    def _of(self, order_id: str) -> list[Json]:
        rows = self._store.all("SELECT * FROM notifications WHERE order_id = %s ORDER BY id", [order_id])
        return [
            {
                "id": row["id"],
                "order": row["order_id"],
                "event": row["event"],
                "recipient": row["recipient"],
                "message": row["message"],
                "created_at": row["created_at"].isoformat(),
            }
            for row in rows
        ]

    def _set_aside(self, connection: Connection[DictRow], message: "Message", reason: str) -> None:
        key, value = message.key(), message.value()
        put(
            connection,
            REJECTED,
            key=_text(key),
            value=_text(value) or "",
            headers={
                "reason": reason,
                "from-topic": message.topic() or "",
                "from-partition": str(message.partition()),
                "from-offset": str(message.offset()),
            },
        )


def _read(message: "Message") -> Json:
    """The row that an event becomes. Raises Unreadable."""
    event = header(message, EVENT_TYPE) or message.topic() or ""
    try:
        value = simplejson.loads(message.value() or b"", use_decimal=True)
    except (ValueError, RecursionError):
        raise Unreadable("The value is not JSON.") from None
    if not isinstance(value, dict):
        raise Unreadable("The value must be a JSON object.")
    order_id, recipient = value.get("order_id"), value.get("email")
    if not (isinstance(order_id, str) and 1 <= len(order_id) <= 64 and order_id == _clean(order_id)):
        raise Unreadable("order_id must be text of 1 to 64 characters.")
    if not (recipient is None or (isinstance(recipient, str) and len(recipient) <= 254)):
        raise Unreadable("email must be text.")
    return {
        "event_id": event_id(message) or f"{message.topic()}/{message.partition()}/{message.offset()}",
        "order_id": order_id,
        "event": _clean(event)[:100],
        "recipient": recipient and _clean(recipient),
        "message": _clean(_sentence(event, value)),
    }


def _sentence(event: str, value: Json) -> str:
    number = value["order_id"][:8]
    match event:
        case "order.placed":
            return f"Thank you for your order {number}: {_goods(value.get('lines'))}{_money(value.get('total'))}."
        case "order.paid":
            return f"Your order {number} is paid{_money(value.get('amount'))}."
    return f"There is news about your order {number}."


def _goods(lines: Any) -> str:
    shown = [
        f"{line.get('quantity', 1)} × {line['sku']}"
        for line in (lines if isinstance(lines, list) else [])
        if isinstance(line, dict) and isinstance(line.get("sku"), str)
    ]
    return ", ".join(shown[:50]) or "goods"


def _money(amount: Any) -> str:
    if isinstance(amount, Decimal | int) and not isinstance(amount, bool) and -(10**12) < amount < 10**12:
        return f", {amount:.2f} EUR"
    return ""


def _text(value: bytes | str | None) -> str | None:
    if value is None:
        return None
    return _clean(value.decode(errors="replace") if isinstance(value, bytes) else value)


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep: NUL and halves of characters."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
