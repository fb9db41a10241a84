"""Payments: accepted at once, decided a moment later, as banks do."""

from http import HTTPStatus

from examples.shop.events.outbox import Outbox
from examples.shop.fields import Fields
from examples.shop.messages import Refused, Request, Response, answer
from examples.shop.orders import Orders
from examples.shop.router import Route
from examples.shop.settling import Settling
from examples.shop.store import Store

VERDICTS = {"card": "authorised", "invoice": "authorised", "expired_card": "declined"}


class Payments:
    def __init__(
        self, store: Store, orders: Orders, *, outbox: Outbox, settling: Settling, decision_seconds: float
    ) -> None:
        self._store = store
        self._orders = orders
        self._outbox = outbox
        self._settling = settling
        self._decision_seconds = decision_seconds

    def routes(self) -> list[Route]:
        return [
            Route(
                "POST", "/orders/{id}/payment", self.pay, f"method ({', '.join(VERDICTS)}) → 202, pending for a moment"
            ),
            Route("GET", "/orders/{id}/payment", self.show, "pending, authorised or declined"),
        ]

    def pay(self, request: Request) -> Response:
        order_id = self._orders.reachable(request)
        fields = Fields(request.json())
        method = fields.choice("method", tuple(VERDICTS))
        fields.done()
        with self._store.transaction() as connection:
            self._settling.settle(connection, order_id=order_id)
            payment = connection.execute(
                """
                INSERT INTO payments (order_id, method, amount, verdict, decided_at)
                SELECT id, %(method)s, total, %(verdict)s, now() + make_interval(secs => %(seconds)s)
                FROM orders WHERE id = %(order)s AND state = 'placed'
                ON CONFLICT (order_id) DO UPDATE SET method = EXCLUDED.method, state = 'pending',
                    verdict = EXCLUDED.verdict, decided_at = EXCLUDED.decided_at
                WHERE payments.state = 'declined'
                RETURNING method, amount, state
                """,
                {
                    "order": order_id,
                    "method": method,
                    "verdict": VERDICTS[method],
                    "seconds": self._decision_seconds,
                },
            ).fetchone()
        if payment is None:
            raise Refused(HTTPStatus.CONFLICT, "The order is paid, being paid, or cancelled.")
        self._outbox.wake.set()  # to look when the bank will have decided
        return answer(payment, HTTPStatus.ACCEPTED, {"Location": f"/orders/{order_id}/payment"})

    def show(self, request: Request) -> Response:
        order_id = self._orders.reachable(request)
        with self._store.transaction() as connection:
            self._settling.settle(connection, order_id=order_id)
            payment = connection.execute(
                "SELECT method, amount, state FROM payments WHERE order_id = %s", [order_id]
            ).fetchone()
        if payment is None:
            raise Refused(HTTPStatus.NOT_FOUND, "Nobody has paid for this order yet.")
        return answer(payment)
