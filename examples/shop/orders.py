"""Orders: placed once per idempotency key, paid after a moment, cancelled with the stock given back."""

import hashlib
from http import HTTPStatus
from uuid import UUID

from psycopg import Connection
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation
from psycopg.rows import DictRow

from examples.shop.accounts import Accounts
from examples.shop.cache import Cache, Session
from examples.shop.events.outbox import Outbox
from examples.shop.events.topics import PLACED
from examples.shop.fields import Fields
from examples.shop.messages import Json, Refused, Request, Response, answer, encode
from examples.shop.pages import page
from examples.shop.router import Route
from examples.shop.settling import CURRENCY, Settling
from examples.shop.store import Row, Store

STATES = ("placed", "paid", "cancelled")


class Orders:
    def __init__(self, store: Store, cache: Cache, accounts: Accounts, *, outbox: Outbox, settling: Settling) -> None:
        self._store = store
        self._cache = cache
        self._accounts = accounts
        self._outbox = outbox
        self._settling = settling

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/orders", self.place, "lines of sku and quantity; honours Idempotency-Key; 409 if sold out"),
            Route("GET", "/orders", self.browse, "the caller's orders, newest first; state, limit"),
            Route("GET", "/orders/{id}", self.show, "one order with its lines and payment"),
            Route("POST", "/orders/{id}/cancel", self.cancel, "gives the stock back; 409 once paid"),
        ]

    def place(self, request: Request) -> Response:
        session = self._accounts.signed_in(request)
        lines = _lines(request)
        key = request.headers.get("idempotency-key")
        fingerprint = hashlib.sha256(encode(sorted(lines.items()))).hexdigest()
        if key is not None and not 1 <= len(key) <= 200:
            raise Refused(HTTPStatus.BAD_REQUEST, "Idempotency-Key must have 1 to 200 characters.")
        try:
            with self._store.transaction() as connection:
                order_id = _insert(connection, session, lines, key, fingerprint)
                self._announce(connection, session, order_id)
        except UniqueViolation:
            # The table decides who was first, also between two requests at once; everybody else answers like the first.
            return self._replay(session, key, fingerprint)
        except ForeignKeyViolation:
            raise Refused(HTTPStatus.UNAUTHORIZED, "The account of this session was closed.") from None
        self._outbox.wake.set()
        self._cache.forget(lines)
        order = self._shown(order_id)
        return answer(order, HTTPStatus.CREATED, {"Location": f"/orders/{order_id}"})

    def browse(self, request: Request) -> Response:
        session = self._accounts.signed_in(request)
        state = request.query.get("state")
        if state is not None and state not in STATES:
            raise Refused(HTTPStatus.BAD_REQUEST, f"state is {state!r}; it must be one of {', '.join(STATES)}.")
        limit = request.whole_number("limit", 20, low=1, high=100)
        after = _uuid(request.query["after"]) if "after" in request.query else None
        with self._store.transaction() as connection:
            self._settling.settle(connection, user_id=session.user_id)
            rows = connection.execute(
                """
                SELECT id::text, state, total, created_at FROM orders
                WHERE user_id = %(user)s AND (%(state)s::text IS NULL OR state = %(state)s)
                  AND (%(after)s::uuid IS NULL
                       OR (created_at, id) < (SELECT created_at, id FROM orders WHERE id = %(after)s))
                ORDER BY created_at DESC, id DESC LIMIT %(limit)s
                """,
                {"user": session.user_id, "state": state, "after": after, "limit": limit + 1},
            ).fetchall()
        shown = [{**row, "created_at": row["created_at"].isoformat()} for row in rows]
        return page(shown, limit=limit, key="id", request=request)

    def show(self, request: Request) -> Response:
        return answer(self._shown(self.reachable(request)))

    def cancel(self, request: Request) -> Response:
        order_id = self.reachable(request)
        with self._store.transaction() as connection:
            self._settling.settle(connection, order_id=order_id)
            cancelled = connection.execute(
                "UPDATE orders SET state = 'cancelled' WHERE id = %s AND state = 'placed' RETURNING id", [order_id]
            ).fetchone()
            if cancelled is None:
                raise Refused(HTTPStatus.CONFLICT, "Only an order that is placed and not yet paid can be cancelled.")
            # A bank that has not decided yet is told not to.
            connection.execute(
                "UPDATE payments SET state = 'declined', verdict = 'declined' WHERE order_id = %s", [order_id]
            )
            given_back = connection.execute(
                """
                UPDATE products SET stock = stock + quantity, updated_at = now()
                FROM order_lines WHERE order_lines.sku = products.sku AND order_id = %s RETURNING products.sku
                """,
                [order_id],
            ).fetchall()
        self._cache.forget(row["sku"] for row in given_back)
        return answer(self._shown(order_id))

    def reachable(self, request: Request) -> UUID:
        """The id in the path, if the order exists and the caller may see it. Raises Refused."""
        session = self._accounts.signed_in(request)
        order_id = _uuid(request.params["id"])
        order = self._store.one("SELECT user_id FROM orders WHERE id = %s", [order_id])
        if order is None:
            raise Refused(HTTPStatus.NOT_FOUND, f"There is no order {order_id}.")
        if order["user_id"] != session.user_id and not session.is_admin:
            raise Refused(HTTPStatus.FORBIDDEN, "This is somebody else's order.")
        return order_id

    def _announce(self, connection: Connection[DictRow], session: Session, order_id: UUID) -> None:
        order, lines = _order(connection, order_id), _order_lines(connection, order_id)
        self._outbox.announce(
            connection,
            PLACED,
            key=str(order_id),
            value={
                "event": PLACED,
                "order_id": str(order_id),
                "user_id": session.user_id,
                "email": session.email,
                "total": order["total"],
                "currency": CURRENCY,
                "lines": lines,
                "placed_at": order["created_at"].isoformat(),
            },
        )

    def _replay(self, session: Session, key: str | None, fingerprint: str) -> Response:
        """The answer to an order placed before under this key. Raises Refused if that was for other goods."""
        order = self._store.one(
            "SELECT id, fingerprint FROM orders WHERE user_id = %s AND idempotency_key = %s", [session.user_id, key]
        )
        if order is None:
            raise Refused(HTTPStatus.CONFLICT, "The order of this Idempotency-Key has just been deleted.")
        if order["fingerprint"] != fingerprint:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "This Idempotency-Key belongs to an order of other goods.")
        return answer(self._shown(order["id"]), headers={"Idempotency-Replayed": "true"})

    def _shown(self, order_id: UUID) -> Json:
        with self._store.transaction() as connection:
            self._settling.settle(connection, order_id=order_id)
            order, lines = _order(connection, order_id), _order_lines(connection, order_id)
            payment = connection.execute(
                "SELECT method, amount, state FROM payments WHERE order_id = %s", [order_id]
            ).fetchone()
        return _shown(order, lines, payment)


def _order(connection: Connection[DictRow], order_id: UUID) -> Row:
    """Raises Refused (404)."""
    order = connection.execute("SELECT * FROM orders WHERE id = %s", [order_id]).fetchone()
    if order is None:
        raise Refused(HTTPStatus.NOT_FOUND, f"There is no order {order_id}.")
    return order


def _order_lines(connection: Connection[DictRow], order_id: UUID) -> list[Row]:
    return connection.execute(
        "SELECT sku, quantity, unit_price FROM order_lines WHERE order_id = %s ORDER BY sku", [order_id]
    ).fetchall()


def _insert(
    connection: Connection[DictRow], session: Session, lines: dict[str, int], key: str | None, fingerprint: str
) -> UUID:
    order = connection.execute(
        "INSERT INTO orders (user_id, total, idempotency_key, fingerprint) VALUES (%s, 0, %s, %s) RETURNING id",
        [session.user_id, key, fingerprint],
    ).fetchone()
    assert order is not None  # RETURNING gave the row
    for sku, quantity in sorted(lines.items()):  # in one order for everybody, so that two orders never deadlock
        price = _take(connection, sku, quantity)
        connection.execute(
            "INSERT INTO order_lines (order_id, sku, quantity, unit_price) VALUES (%s, %s, %s, %s)",
            [order["id"], sku, quantity, price],
        )
    connection.execute(
        "UPDATE orders SET total = (SELECT sum(quantity * unit_price) FROM order_lines WHERE order_id = id)"
        " WHERE id = %s",
        [order["id"]],
    )
    return UUID(str(order["id"]))


def _take(connection: Connection[DictRow], sku: str, quantity: int) -> object:
    """Take goods out of stock; their price. Raises Refused."""
    try:
        row = connection.execute(
            "UPDATE products SET stock = stock - %s, updated_at = now() WHERE sku = %s RETURNING price", [quantity, sku]
        ).fetchone()
    except CheckViolation:
        raise Refused(HTTPStatus.CONFLICT, f"There are not {quantity} of {sku} left.", sku=sku) from None
    if row is None:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"There is no product {sku}.", field="lines", sku=sku)
    return row["price"]


def _lines(request: Request) -> dict[str, int]:
    fields = Fields(request.json())
    lines: dict[str, int] = {}
    for line in fields.objects("lines", most=50):
        sku, quantity = line.text("sku", longest=40), line.whole_number("quantity", low=1, high=1000, default=1)
        line.only()
        lines[sku] = lines.get(sku, 0) + quantity
    fields.done()
    return lines


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused(HTTPStatus.NOT_FOUND, f"There is no order {text}.") from None


def _shown(order: Row, lines: list[Row], payment: Row | None) -> Json:
    return {
        "id": str(order["id"]),
        "user_id": order["user_id"],
        "state": order["state"],
        "total": order["total"],
        "currency": CURRENCY,
        "lines": lines,
        "payment": payment,
        "created_at": order["created_at"].isoformat(),
    }
