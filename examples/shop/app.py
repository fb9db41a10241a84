"""All parts of the shop, put together."""

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus

from examples.shop.accounts import Accounts
from examples.shop.cache import Cache
from examples.shop.catalogue import Catalogue
from examples.shop.events.clockwork import Clockwork
from examples.shop.events.outbox import Outbox
from examples.shop.events.topics import make_topics
from examples.shop.faults.board import Faults
from examples.shop.faults.gate import Gate
from examples.shop.faults.panel import Panel
from examples.shop.lab import Lab
from examples.shop.messages import Request, Response, answer
from examples.shop.notifications import Notifications
from examples.shop.orders import Orders
from examples.shop.payments import Payments
from examples.shop.router import Route, Router
from examples.shop.settling import Settling
from examples.shop.store import Store
from examples.shop.users import Users

DECISION_SECONDS = 0.3  # how long the bank thinks about a payment


class App:
    """`open` before the first request, `close` after the last. Without `kafka_brokers` nobody hears of orders."""

    def __init__(
        self,
        *,
        database_url: str,
        redis_url: str,
        kafka_brokers: str | None = None,
        decision_seconds: float = DECISION_SECONDS,
    ) -> None:
        self.faults = Faults()
        self._kafka_brokers = kafka_brokers
        self.store = Store(database_url, self.faults)
        self._cache = Cache(redis_url, self.faults)
        self._lab = Lab()
        outbox = Outbox(self.faults, is_open=kafka_brokers is not None)
        settling = Settling(self.store, outbox)
        accounts = Accounts(self.store, self._cache)
        orders = Orders(self.store, self._cache, accounts, outbox=outbox, settling=settling)
        payments = Payments(self.store, orders, outbox=outbox, settling=settling, decision_seconds=decision_seconds)
        notifications = Notifications(self.store, self._cache)
        self._clockwork = kafka_brokers and Clockwork(
            store=self.store, outbox=outbox, settling=settling, notifications=notifications, brokers=kafka_brokers
        )
        self._gate = Gate(self.faults, accounts.names_of_caller)
        self.router = Router(
            [
                Route("GET", "/", self._index, "this list"),
                Route("GET", "/health", self._health, "whether the parts answer, and which faults are on"),
                *self._part("users", Users(self.store, accounts).routes()),
                *self._part("sessions", accounts.routes()),
                *self._part("catalogue", Catalogue(self.store, self._cache, accounts).routes()),
                *self._part("orders", orders.routes()),
                *self._part("payments", payments.routes()),
                *self._part("notifications", notifications.routes()),
                *Panel(self.faults).routes(),
                *self._lab.routes(),
            ]
        )

    def open(self) -> None:
        """Raises psycopg.OperationalError, redis.RedisError or BrokerSilent if one of them does not answer."""
        self.store.prepare()
        self._cache.ping()
        if self._clockwork and self._kafka_brokers:
            make_topics(self._kafka_brokers)
            self._clockwork.start()

    def close(self) -> None:
        self.faults.closing.set()
        self._lab.close()
        if self._clockwork:
            self._clockwork.stop()
        self.store.close()
        self._cache.close()

    def _part(self, name: str, routes: Iterable[Route]) -> list[Route]:
        return [replace(route, part=name, handler=self._gate.around(name, route.handler)) for route in routes]

    def _index(self, _request: Request) -> Response:
        shown = [
            {"method": r.method, "path": r.pattern, "summary": r.summary, "part": r.part or None}
            for r in self.router.routes
        ]
        return answer({"name": "demo shop", "endpoints": shown})

    def _health(self, _request: Request) -> Response:
        # A part that is down raises here, and the server answers 503 and names it.
        self.store.one("SELECT 1")
        self._cache.ping()
        events = "off"
        if self._clockwork:
            events = "ok" if self._clockwork.is_well else "waiting for Kafka"
        faults = [fault for fault in self.faults.all() if fault["on"]]
        return answer(
            {"status": "ok", "database": "ok", "cache": "ok", "events": events, "faults": faults}, HTTPStatus.OK
        )
