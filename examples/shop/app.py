"""All parts of the shop, put together."""

from http import HTTPStatus

from examples.shop.accounts import Accounts
from examples.shop.cache import Cache
from examples.shop.catalogue import Catalogue
from examples.shop.lab import Lab
from examples.shop.messages import Request, Response, answer
from examples.shop.orders import Orders
from examples.shop.payments import Payments
from examples.shop.router import Route, Router
from examples.shop.store import Store
from examples.shop.users import Users

DECISION_SECONDS = 0.3  # how long the bank thinks about a payment


class App:
    """`open` before the first request, `close` after the last."""

    def __init__(self, *, database_url: str, redis_url: str, decision_seconds: float = DECISION_SECONDS) -> None:
        self._store = Store(database_url)
        self._cache = Cache(redis_url)
        self._lab = Lab()
        accounts = Accounts(self._store, self._cache)
        orders = Orders(self._store, self._cache, accounts)
        self.router = Router(
            [
                Route("GET", "/", self._index, "this list"),
                Route("GET", "/health", self._health, "whether the database and the cache answer"),
                *Users(self._store, accounts).routes(),
                *accounts.routes(),
                *Catalogue(self._store, self._cache, accounts).routes(),
                *orders.routes(),
                *Payments(self._store, orders, decision_seconds=decision_seconds).routes(),
                *self._lab.routes(),
            ]
        )

    def open(self) -> None:
        """Raises psycopg.OperationalError or redis.RedisError if one of the two does not answer."""
        self._store.prepare()
        self._cache.ping()

    def close(self) -> None:
        self._lab.close()
        self._store.close()
        self._cache.close()

    def _index(self, _request: Request) -> Response:
        shown = [{"method": r.method, "path": r.pattern, "summary": r.summary} for r in self.router.routes]
        return answer({"name": "demo shop", "endpoints": shown})

    def _health(self, _request: Request) -> Response:
        # A part that is down raises here, and the server answers 503 and names it.
        self._store.one("SELECT 1")
        self._cache.ping()
        return answer({"status": "ok", "database": "ok", "cache": "ok"}, HTTPStatus.OK)
