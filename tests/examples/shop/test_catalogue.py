from decimal import Decimal
from typing import Any

import pytest
import simplejson

from tests.examples.shop.people import Shop

TEAPOT = {"sku": "teapot", "name": "Teapot", "category": "kitchen", "price": 30.5, "stock": 2}


def test_the_catalogue_filters_and_pages(shop: Shop) -> None:
    skus, url = [], "/products?category=tea&limit=2"
    while url:
        page = shop.client.get(url).json()
        skus += [item["sku"] for item in page["items"]]
        url = page["next"]
    assert skus == ["tea-black", "tea-green", "tea-mint"]
    found = shop.client.get("/products", params={"q": "BEANS", "min_price": "20", "max_price": "25"}).json()
    assert [item["sku"] for item in found["items"]] == ["coffee-1kg"]
    in_stock = shop.client.get("/products", params={"in_stock": "true", "limit": 100}).json()
    assert "last-one" not in [item["sku"] for item in in_stock["items"]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=²", "min_price=-1", "max_price=1e3", "max_price=."]
)
def test_a_query_that_makes_no_sense_is_refused(shop: Shop, query: str) -> None:
    assert shop.client.get(f"/products?{query}").status_code == 400


def test_a_price_is_an_exact_number(shop: Shop) -> None:
    kettle = simplejson.loads(shop.client.get("/products/kettle").content, use_decimal=True)
    assert kettle["price"] == Decimal("59.90")


def test_what_has_not_changed_is_not_sent_again(shop: Shop) -> None:
    first = shop.client.get("/products/kettle")
    again = shop.client.get("/products/kettle", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_only_an_admin_adds_products_and_each_once(shop: Shop) -> None:
    assert shop.client.post("/products", json=TEAPOT).status_code == 401
    assert shop.client.post("/products", json=TEAPOT, headers=shop.customer("alice")).status_code == 403
    admin = shop.admin("root")
    assert shop.client.post("/products", json=TEAPOT, headers=admin).status_code == 201
    assert shop.client.post("/products", json=TEAPOT, headers=admin).status_code == 409
    assert shop.client.get("/products/teapot").json()["price"] == 30.5


@pytest.mark.parametrize(
    ("change", "field"),
    [({"price": 0}, "price"), ({"price": 1.999}, "price"), ({"price": True}, "price"), ({"stock": -1}, "stock")],
)
def test_a_product_that_cannot_be_sold_is_refused(shop: Shop, change: dict[str, Any], field: str) -> None:
    answer = shop.client.post("/products", json=TEAPOT | change, headers=shop.admin("root"))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_sku_of_strange_letters_is_refused_by_the_table_itself(shop: Shop) -> None:
    answer = shop.client.post("/products", json=TEAPOT | {"sku": "tea pot"}, headers=shop.admin("root"))
    assert (answer.status_code, answer.json()["field"]) == (422, "sku")


def test_a_change_needs_the_newest_copy(shop: Shop) -> None:
    admin = shop.admin("root")
    etag = shop.client.get("/products/kettle").headers["etag"]
    change = {"name": "Kettle", "category": "kitchen", "price": 55, "stock": 1}
    first = shop.client.put("/products/kettle", json=change, headers=admin | {"If-Match": etag})
    second = shop.client.put("/products/kettle", json=change, headers=admin | {"If-Match": etag})
    assert (first.status_code, second.status_code) == (200, 412)


def test_a_price_comes_from_the_cache_until_the_product_changes(shop: Shop) -> None:
    def seen() -> tuple[float, bool]:
        answer = shop.client.get("/products/kettle/price").json()
        return answer["price"], answer["cached"]

    assert [seen(), seen()] == [(59.9, False), (59.9, True)]
    shop.sql("UPDATE products SET price = 1 WHERE sku = 'kettle'")  # behind the shop's back
    assert seen() == (59.9, True)
    change = {"name": "Kettle", "category": "kitchen", "price": 55}
    shop.client.put("/products/kettle", json=change, headers=shop.admin("root")).raise_for_status()
    assert seen() == (55, False)


def test_a_product_that_was_sold_stays(shop: Shop) -> None:
    admin = shop.admin("root")
    shop.order(admin, kettle=1).raise_for_status()
    assert shop.client.delete("/products/kettle", headers=admin).status_code == 409
    assert shop.client.delete("/products/gift-card", headers=admin).status_code == 204
    assert shop.client.get("/products/gift-card").status_code == 404
