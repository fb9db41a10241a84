"""What the shop says on Kafka: with every order, once, whatever dies in between."""

from decimal import Decimal

from cli.embedded.kafka import EmbeddedKafka
from examples.shop.events.outbox import put
from examples.shop.events.topics import make_topics
from tests.environment import SESSION_FOLDER
from tests.examples.shop.conftest import open_shop
from tests.examples.shop.listening import messages, said, say, until
from tests.examples.shop.people import Shop


def _waiting(shop: Shop) -> int:
    return int(shop.rows("SELECT count(*) FROM outbox")[0][0])


def _all_out(shop: Shop) -> None:
    until(lambda: _waiting(shop) == 0)


def test_a_placed_order_is_announced(shop_with_events: Shop, brokers: str) -> None:
    shop = shop_with_events
    order = shop.order(shop.customer("alice"), mug_blue=2, kettle=1).json()
    _all_out(shop)
    (message,) = messages(brokers, "order.placed", order["id"])
    headers = dict(message.headers() or [])
    assert (headers["event-type"], headers["content-type"]) == (b"order.placed", b"application/json")
    ((_, value),) = said(brokers, "order.placed", order["id"])
    assert value["total"] == Decimal("83.90")
    assert value["email"] == "alice@example.org"
    assert [(line["sku"], line["quantity"]) for line in value["lines"]] == [("kettle", 1), ("mug-blue", 2)]


def test_a_payment_is_announced_although_nobody_asks_for_it(shop_with_events: Shop, brokers: str) -> None:
    shop = shop_with_events
    alice = shop.customer("alice")
    order = shop.order(alice, kettle=1).json()["id"]
    assert shop.client.post(f"/orders/{order}/payment", json={"method": "card"}, headers=alice).status_code == 202
    (paid,) = until(lambda: said(brokers, "order.paid", order))
    assert (paid[1]["method"], paid[1]["amount"]) == ("card", Decimal("59.90"))
    assert shop.client.get(f"/orders/{order}", headers=alice).json()["state"] == "paid"
    _all_out(shop)
    assert len(said(brokers, "order.paid", order)) == 1


def test_a_declined_payment_is_not(shop_with_events: Shop, brokers: str) -> None:
    shop = shop_with_events
    alice = shop.customer("alice")
    order = shop.order(alice, kettle=1).json()["id"]
    shop.client.post(f"/orders/{order}/payment", json={"method": "expired_card"}, headers=alice)
    until(lambda: shop.client.get(f"/orders/{order}/payment", headers=alice).json()["state"] == "declined")
    _all_out(shop)
    assert said(brokers, "order.paid", order) == []


def test_an_order_that_comes_to_nothing_says_nothing(shop_with_events: Shop) -> None:
    shop = shop_with_events
    alice = shop.customer("alice")
    shop.sql("ALTER TABLE outbox ADD CONSTRAINT none CHECK (false) NOT VALID")
    assert shop.order(alice, kettle=1).status_code == 500
    assert shop.rows("SELECT count(*) FROM orders") == [(0,)]


def test_what_a_killed_shop_left_is_published_and_what_it_had_published_is_not_again(
    postgres_url: str, redis_url: str, brokers: str
) -> None:
    with open_shop(postgres_url, redis_url) as shop:
        with shop.app.store.transaction() as connection:
            for key in ("left", "out"):
                put(connection, "order.placed", key=key, value=f'{{"order_id": "{key}"}}', headers={})
            put(connection, "order.placed", key="half", value='{"order_id": "half"}', headers={}, copies=2)
        ids = {key: str(event) for key, event in shop.rows("SELECT key, event_id FROM outbox")}
    # It was killed between the broker's confirmation and the deletion of the rows.
    make_topics(brokers)
    say(brokers, "order.placed", "out", {"order_id": "out"}, event_id=ids["out"])
    say(brokers, "order.placed", "half", {"order_id": "half"}, event_id=ids["half"])
    with open_shop(postgres_url, redis_url, kafka_brokers=brokers) as shop:
        _all_out(shop)
        for key, times in (("left", 1), ("out", 1), ("half", 2)):
            assert [event for event, _ in said(brokers, "order.placed", key)] == [ids[key]] * times


def test_events_wait_for_a_broker_that_is_away(postgres_url: str, redis_url: str) -> None:
    folder = SESSION_FOLDER / "moody-kafka"
    with EmbeddedKafka(folder) as kafka:
        port = kafka.port
        with open_shop(postgres_url, redis_url, kafka_brokers=kafka.brokers) as shop:
            alice = shop.customer("alice")
            kafka.stop()
            order = shop.order(alice, kettle=1)
            assert order.status_code == 201
            until(lambda: shop.client.get("/health").json()["events"] == "waiting for Kafka", seconds=30)
            assert _waiting(shop) == 1
            with EmbeddedKafka(folder, port=port) as again:
                until(lambda: _waiting(shop) == 0, seconds=60)
                assert len(said(again.brokers, "order.placed", order.json()["id"])) == 1
                until(lambda: shop.client.get("/health").json()["events"] == "ok")


def test_events_are_delayed_lost_doubled_and_falsified_when_the_panel_says_so(
    shop_with_events: Shop, brokers: str
) -> None:
    shop = shop_with_events
    alice, bob = shop.customer("alice"), shop.customer("bob")
    shop.fault("events", "lose", key="alice@example.org", count=1)
    lost, kept = shop.order(alice, kettle=1).json()["id"], shop.order(bob, kettle=1).json()["id"]
    shop.fault("events", "double", key="order.placed", count=1)
    doubled = shop.order(alice, kettle=1).json()["id"]
    shop.fault("events", "wrong_data", field="lines.0.sku", value="coal", key="mug-red")
    false = shop.order(bob, mug_red=1).json()["id"]
    shop.fault("events", "delay", seconds=0.5, key="run-1")
    late = shop.client.post(
        "/orders", json={"lines": [{"sku": "kettle"}]}, headers={**bob, "X-Fault-Key": "run-1"}
    ).json()["id"]
    assert shop.rows("SELECT due_at - created_at > interval '0.4 s' FROM outbox WHERE key = %s", late) == [(True,)]
    _all_out(shop)
    counts = [len(said(brokers, "order.placed", order)) for order in (lost, kept, doubled, false, late)]
    assert counts == [0, 1, 2, 1, 1]
    ((_, value),) = said(brokers, "order.placed", false)
    assert value["lines"][0]["sku"] == "coal"
    first, second = said(brokers, "order.placed", doubled)
    assert first[0] == second[0]


def test_without_kafka_nothing_is_kept_for_it(shop: Shop) -> None:
    shop.order(shop.customer("alice"), kettle=1).raise_for_status()
    assert _waiting(shop) == 0
    assert shop.client.get("/health").json()["events"] == "off"
