"""What the shop keeps in Redis or Valkey: sessions, prices, stock counters and notifications.

The keys are meant to be looked at from flows: `session:<token>` and `notifications:<order id>` (JSON),
`price:<sku>` and `stock:<sku>` (text).
"""

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal

import redis
import simplejson

from examples.shop.faults.board import Faults
from examples.shop.messages import Json

SESSION_SECONDS = 3600
PRICE_SECONDS = 60
STOCK_SECONDS = 300
NOTIFICATION_SECONDS = 3600


@dataclass(frozen=True)
class Session:
    user_id: int
    email: str
    role: str

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


class Cache:
    def __init__(self, url: str, faults: Faults) -> None:
        self._faults = faults
        self._client = redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=5, socket_connect_timeout=5, max_connections=32
        )

    def ping(self) -> None:
        """Raises redis.RedisError if it does not answer."""
        self._redis().ping()

    def close(self) -> None:
        self._client.close()

    def open_session(self, session: Session) -> str:
        """The token of a new session."""
        token = secrets.token_urlsafe(24)
        self._redis().set(f"session:{token}", simplejson.dumps(asdict(session)), ex=SESSION_SECONDS)
        return token

    def session(self, token: str) -> Session | None:
        text = self._text(f"session:{token}")
        return None if text is None else Session(**simplejson.loads(text))

    def end_session(self, token: str) -> None:
        self._redis().delete(f"session:{token}")

    def price(self, sku: str) -> Decimal | None:
        text = self._text(f"price:{sku}")
        return None if text is None else Decimal(text)

    def keep_price(self, sku: str, price: Decimal) -> None:
        self._redis().set(f"price:{sku}", str(price), ex=PRICE_SECONDS)

    def stock(self, sku: str) -> int | None:
        text = self._text(f"stock:{sku}")
        return None if text is None else int(text)

    def keep_stock(self, sku: str, stock: int) -> None:
        self._redis().set(f"stock:{sku}", stock, ex=STOCK_SECONDS)

    def notifications(self, order_id: str) -> list[Json] | None:
        text = self._text(f"notifications:{order_id}")
        return None if text is None else list(simplejson.loads(text))

    def keep_notifications(self, order_id: str, items: list[Json]) -> None:
        if not self._is_stale():
            self._redis().set(f"notifications:{order_id}", simplejson.dumps(items), ex=NOTIFICATION_SECONDS)

    def forget(self, skus: Iterable[str]) -> None:
        """Drop price and stock of these products; the next reader fetches them from the database."""
        keys = [f"{kind}:{sku}" for sku in skus for kind in ("price", "stock")]
        if keys and not self._is_stale():
            self._redis().delete(*keys)

    def _is_stale(self) -> bool:
        """Whether what the shop tells the cache is lost."""
        return "stale" in self._faults.underneath("cache")

    def _redis(self) -> redis.Redis:
        if "drop" in self._faults.underneath("cache"):
            raise redis.ConnectionError("the fault panel wants no answer")
        return self._client

    def _text(self, key: str) -> str | None:
        value = self._redis().get(key)
        return value if isinstance(value, str) else None
