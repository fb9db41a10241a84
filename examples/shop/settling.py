"""When a bank has decided: payments become authorised or declined, orders paid, and whoever listens hears of it."""

from typing import Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

from examples.shop.events.outbox import Outbox
from examples.shop.events.topics import PAID
from examples.shop.store import Store

CURRENCY: Final = "EUR"

# Orders are locked first and in one order, as by everybody else, so that two settlers never deadlock.
_SETTLE: Final = """
    WITH due AS (
        SELECT orders.id FROM orders JOIN payments ON payments.order_id = orders.id
        WHERE payments.state = 'pending' AND decided_at <= now()
          AND (%(everybody)s OR orders.id = %(order)s OR orders.user_id = %(user)s)
        ORDER BY orders.id FOR NO KEY UPDATE OF orders
    ), decided AS (
        UPDATE payments SET state = verdict FROM due
        WHERE payments.order_id = due.id AND payments.state = 'pending'
        RETURNING payments.order_id, payments.state, payments.method, payments.amount, payments.decided_at
    ), paid AS (
        UPDATE orders SET state = 'paid' FROM decided
        WHERE orders.id = decided.order_id AND decided.state = 'authorised' AND orders.state = 'placed'
        RETURNING orders.id::text AS order_id, orders.user_id, decided.method, decided.amount, decided.decided_at
    )
    SELECT paid.*, users.email FROM paid JOIN users ON users.id = paid.user_id ORDER BY order_id
"""


class Settling:
    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def settle(
        self,
        connection: Connection[DictRow],
        *,
        order_id: UUID | None = None,
        user_id: int | None = None,
        everybody: bool = False,
    ) -> None:
        """Let the payments whose moment has come be decided. Every reader of orders calls it first."""
        asked = {"order": order_id, "user": user_id, "everybody": everybody}
        for paid in connection.execute(_SETTLE, asked).fetchall():
            self._outbox.announce(
                connection,
                PAID,
                key=paid["order_id"],
                value={
                    "event": PAID,
                    "order_id": paid["order_id"],
                    "user_id": paid["user_id"],
                    "email": paid["email"],
                    "method": paid["method"],
                    "amount": paid["amount"],
                    "currency": CURRENCY,
                    "paid_at": paid["decided_at"].isoformat(),
                },
            )
            self._outbox.wake.set()

    def settle_everybody(self) -> None:
        with self._store.transaction() as connection:
            self.settle(connection, everybody=True)

    def seconds_to_next(self) -> float | None:
        """Until a bank decides or an event is due; None if nothing is coming."""
        row = self._store.one(
            """
            SELECT extract(epoch FROM least(
                (SELECT min(decided_at) FROM payments WHERE state = 'pending'), (SELECT min(due_at) FROM outbox)
            ) - clock_timestamp()) AS seconds
            """
        )
        return None if row is None or row["seconds"] is None else float(row["seconds"])
