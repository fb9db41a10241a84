from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
import simplejson

from tests.examples.shop.people import Headers, Shop


def test_an_order_takes_its_goods_out_of_stock_at_todays_price(shop: Shop) -> None:
    before = shop.stock("kettle")
    answer = shop.order(shop.customer("alice"), kettle=2, tea_mint=1)
    order = simplejson.loads(answer.content, use_decimal=True)
    assert (answer.status_code, order["state"], order["total"]) == (201, "placed", Decimal("123.00"))
    assert [line["sku"] for line in order["lines"]] == ["kettle", "tea-mint"]
    assert shop.stock("kettle") == before - 2


def test_the_same_key_orders_once(shop: Shop) -> None:
    alice = shop.customer("alice") | {"Idempotency-Key": "once"}
    first, second = shop.order(alice, kettle=1), shop.order(alice, kettle=1)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["idempotency-replayed"] == "true"
    assert first.json() == second.json()
    assert shop.order(alice, kettle=2).status_code == 422
    assert shop.order(shop.customer("bob") | {"Idempotency-Key": "once"}, kettle=1).status_code == 201


def test_the_same_key_from_many_sides_at_once_orders_once(shop: Shop) -> None:
    alice = shop.customer("alice") | {"Idempotency-Key": "race"}
    before = shop.stock("kettle")
    with ThreadPoolExecutor(6) as many:
        answers = list(many.map(lambda _: shop.order(alice, kettle=1), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert shop.stock("kettle") == before - 1


def test_the_last_pieces_are_sold_once_whoever_asks_at_once(shop: Shop) -> None:
    shop.sql("UPDATE products SET stock = 2 WHERE sku = 'kettle'")
    alice = shop.customer("alice")
    with ThreadPoolExecutor(6) as many:
        codes = [answer.status_code for answer in many.map(lambda _: shop.order(alice, kettle=1), range(6))]
    assert sorted(codes) == [201, 201, 409, 409, 409, 409]
    assert shop.stock("kettle") == 0


def test_an_order_that_fails_takes_nothing(shop: Shop) -> None:
    alice, before = shop.customer("alice"), shop.stock("kettle")
    assert shop.order(alice, kettle=1, last_one=1).status_code == 409
    assert shop.order(alice, kettle=1, no_such_thing=1).status_code == 422
    assert shop.stock("kettle") == before
    assert shop.client.get("/orders", headers=alice).json()["items"] == []


@pytest.mark.parametrize("body", [{}, {"lines": []}, {"lines": [1]}, {"lines": [{"sku": "kettle", "quantity": 0}]}])
def test_an_order_of_nothing_is_refused(shop: Shop, body: dict[str, object]) -> None:
    assert shop.client.post("/orders", json=body, headers=shop.customer("alice")).status_code == 422


def test_orders_belong_to_their_buyer(shop: Shop) -> None:
    alice, bob = shop.customer("alice"), shop.customer("bob")
    order_id = shop.order(alice, kettle=1).json()["id"]
    assert shop.client.get(f"/orders/{order_id}", headers=alice).status_code == 200
    assert shop.client.get(f"/orders/{order_id}", headers=bob).status_code == 403
    assert shop.client.get(f"/orders/{order_id}", headers=shop.admin("root")).status_code == 200
    assert shop.client.get(f"/orders/{uuid4()}", headers=alice).status_code == 404
    assert shop.client.get("/orders/none", headers=alice).status_code == 404


def test_orders_are_listed_newest_first(shop: Shop) -> None:
    alice = shop.customer("alice")
    placed = [shop.order(alice, kettle=1).json()["id"] for _ in range(3)]
    shop.client.post(f"/orders/{placed[0]}/cancel", headers=alice).raise_for_status()
    seen, url = [], "/orders?limit=2"
    while url:
        page = shop.client.get(url, headers=alice).json()
        seen += [order["id"] for order in page["items"]]
        url = page["next"]
    assert seen == placed[::-1]
    cancelled = shop.client.get("/orders?state=cancelled", headers=alice).json()["items"]
    assert [order["id"] for order in cancelled] == placed[:1]
    assert shop.client.get("/orders?state=lost", headers=alice).status_code == 400


def test_cancelling_gives_the_goods_back_once(shop: Shop) -> None:
    alice, before = shop.customer("alice"), shop.stock("kettle")
    order_id = shop.order(alice, kettle=3).json()["id"]
    first = shop.client.post(f"/orders/{order_id}/cancel", headers=alice)
    second = shop.client.post(f"/orders/{order_id}/cancel", headers=alice)
    assert (first.status_code, first.json()["state"], second.status_code) == (200, "cancelled", 409)
    assert shop.stock("kettle") == before


def test_the_tables_refuse_what_the_shop_would_never_do(shop: Shop) -> None:
    shop.customer("alice")
    for statement, error in (
        ("UPDATE products SET stock = -1 WHERE sku = 'kettle'", psycopg.errors.CheckViolation),
        ("INSERT INTO orders (user_id, total, fingerprint) VALUES (0, 1, '')", psycopg.errors.ForeignKeyViolation),
        (
            "INSERT INTO users (email, name, password_hash) VALUES ('alice@example.org', 'A', '')",
            psycopg.errors.UniqueViolation,
        ),
    ):
        with pytest.raises(error):
            shop.sql(statement)


def _pay(shop: Shop, who: Headers, order_id: str, method: str) -> int:
    return shop.client.post(f"/orders/{order_id}/payment", json={"method": method}, headers=who).status_code


def _wait_for_payment(shop: Shop, who: Headers, order_id: str) -> str:
    """Each question goes to the shop and its database, so this is no busy loop."""
    state = "pending"
    while state == "pending":
        state = shop.client.get(f"/orders/{order_id}/payment", headers=who).json()["state"]
    return state


def test_a_payment_is_pending_for_a_moment_and_then_the_order_is_paid(shop: Shop) -> None:
    alice = shop.customer("alice")
    order_id = shop.order(alice, kettle=1).json()["id"]
    assert shop.client.get(f"/orders/{order_id}/payment", headers=alice).status_code == 404
    assert _pay(shop, alice, order_id, "card") == 202
    assert _pay(shop, alice, order_id, "card") == 409
    assert _wait_for_payment(shop, alice, order_id) == "authorised"
    order = shop.client.get(f"/orders/{order_id}", headers=alice).json()
    assert (order["state"], order["payment"]["amount"]) == ("paid", 59.9)
    assert shop.client.post(f"/orders/{order_id}/cancel", headers=alice).status_code == 409


def test_a_declined_payment_may_be_tried_again(shop: Shop) -> None:
    alice = shop.customer("alice")
    order_id = shop.order(alice, kettle=1).json()["id"]
    assert _pay(shop, alice, order_id, "expired_card") == 202
    assert _wait_for_payment(shop, alice, order_id) == "declined"
    assert _pay(shop, alice, order_id, "invoice") == 202
    assert _wait_for_payment(shop, alice, order_id) == "authorised"
    assert _pay(shop, alice, order_id, "seashells") == 422


def test_an_order_cancelled_while_the_bank_thinks_is_never_paid(shop: Shop) -> None:
    alice = shop.customer("alice")
    order_id = shop.order(alice, kettle=1).json()["id"]
    assert _pay(shop, alice, order_id, "card") == 202
    shop.client.post(f"/orders/{order_id}/cancel", headers=alice).raise_for_status()
    assert _wait_for_payment(shop, alice, order_id) == "declined"
