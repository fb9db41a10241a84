"""Who listens to the shop's events, and what it makes of them."""

from typing import Any
from uuid import uuid4

import redis
import simplejson

from examples.shop.events.relay import header
from tests.examples.shop.conftest import open_shop
from tests.examples.shop.listening import messages, say, until
from tests.examples.shop.people import Shop


def _told(shop: Shop, order: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = shop.client.get("/notifications", params={"order": order}).json()["items"]
    return items


def test_an_order_is_told_of_in_the_table_in_the_cache_and_over_http(shop_with_events: Shop) -> None:
    shop = shop_with_events
    alice = shop.customer("alice")
    order = shop.order(alice, mug_blue=2).json()["id"]
    (told,) = until(lambda: _told(shop, order))
    assert told["recipient"] == "alice@example.org"
    assert told["message"] == f"Thank you for your order {order[:8]}: 2 × mug-blue, 24.00 EUR."
    assert shop.rows("SELECT order_id, event, message FROM notifications WHERE order_id = %s", order) == [
        (order, "order.placed", told["message"])
    ]
    with redis.Redis.from_url(shop.redis_url) as cache:
        kept = until(lambda: cache.get(f"notifications:{order}"))
    assert simplejson.loads(kept) == [told]
    assert shop.client.get("/notifications", params={"order": order}).json()["cached"] is True
    shop.client.post(f"/orders/{order}/payment", json={"method": "card"}, headers=alice)
    until(lambda: [told["event"] for told in _told(shop, order)] == ["order.placed", "order.paid"])


def test_the_cache_is_filled_again_by_whoever_asks(shop_with_events: Shop) -> None:
    shop = shop_with_events
    order = shop.order(shop.customer("alice"), kettle=1).json()["id"]
    until(lambda: _told(shop, order))
    with redis.Redis.from_url(shop.redis_url) as cache:
        until(lambda: cache.delete(f"notifications:{order}"))
    seen = [shop.client.get("/notifications", params={"order": order}).json()["cached"] for _ in range(2)]
    assert seen == [False, True]


def test_an_event_that_comes_twice_is_told_once(shop_with_events: Shop, brokers: str) -> None:
    shop, order = shop_with_events, str(uuid4())
    for event_id in ("first-" + order, "first-" + order, "second-" + order):
        say(brokers, "order.placed", order, {"order_id": order}, event_id=event_id)
    until(lambda: len(_told(shop, order)) == 2)  # the key keeps them in order: the second of the first has been read


def test_an_event_without_an_id_is_known_by_its_place(shop_with_events: Shop, brokers: str) -> None:
    shop, order = shop_with_events, str(uuid4())
    for _ in range(2):
        say(brokers, "order.paid", order, {"order_id": order, "amount": 3})
    until(lambda: len(_told(shop, order)) == 2)
    assert _told(shop, order)[0]["message"] == f"Your order {order[:8]} is paid, 3.00 EUR."


def test_what_makes_no_sense_is_set_aside_with_the_reason(shop_with_events: Shop, brokers: str) -> None:
    shop, key = shop_with_events, str(uuid4())
    nonsense = {
        "no JSON": "The value is not JSON.",
        "[1]": "The value must be a JSON object.",
        '{"order_id": 7}': "order_id must be text of 1 to 64 characters.",
        '{"order_id": "a\\u0000b"}': "order_id must be text of 1 to 64 characters.",
        '{"order_id": "\\ud800"}': "order_id must be text of 1 to 64 characters.",
        '{"order_id": "a", "email": ["b"]}': "email must be text.",
    }
    for value in nonsense:
        say(brokers, "order.placed", key, value)
    say(brokers, "order.placed", key, {"order_id": key, "email": "\ud800\0", "total": "much", "lines": [{"sku": 1}, 2]})
    until(lambda: _told(shop, key))  # what comes after is read all the same
    until(lambda: len(messages(brokers, "notifications.rejected", key)) == len(nonsense))
    aside = {
        (message.value() or b"").decode(): header(message, "reason")
        for message in messages(brokers, "notifications.rejected", key)
    }
    assert aside == nonsense


def test_it_goes_on_where_it_was(postgres_url: str, redis_url: str, brokers: str) -> None:
    order = str(uuid4())
    with open_shop(postgres_url, redis_url, kafka_brokers=brokers) as shop:
        say(brokers, "order.placed", order, {"order_id": order})
        until(lambda: _told(shop, order))
    say(brokers, "order.placed", order, {"order_id": order})
    with open_shop(postgres_url, redis_url, kafka_brokers=brokers) as shop:
        until(lambda: len(_told(shop, order)) == 2)
        assert shop.rows("SELECT count(*) FROM notifications WHERE order_id = %s", order) == [(2,)]


def test_it_can_misbehave_like_every_part(shop: Shop) -> None:
    assert shop.client.get("/notifications").status_code == 400
    shop.fault("notifications", "status", status=504, count=1)
    assert [shop.client.get("/notifications?order=1").status_code for _ in range(2)] == [504, 200]
