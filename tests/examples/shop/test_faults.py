"""The fault panel: every part misbehaves as told, as often as told, and for nobody else."""

import threading
import time

import httpx
import pytest

from examples.shop.faults.fault import PARTS
from tests.examples.shop.people import Shop


def _kettle(shop: Shop, **headers: str) -> httpx.Response:
    return shop.client.get("/products/kettle", headers=headers)


def _struck(shop: Shop, name: str) -> object:
    return shop.client.get(f"/faults/{name}").json()["struck"]


def test_a_part_refuses_so_often_and_no_more(shop: Shop) -> None:
    made = shop.fault("catalogue", "status", status=502, count=2)
    assert (made.status_code, made.json()["on"]) == (201, True)
    assert [_kettle(shop).status_code for _ in range(4)] == [502, 502, 200, 200]
    seen = shop.client.get("/faults/status").json()
    assert (seen["struck"], seen["on"]) == (2, False)


def test_turned_on_again_it_counts_from_zero(shop: Shop) -> None:
    shop.fault("catalogue", "status", count=1)
    assert [_kettle(shop).status_code for _ in range(2)] == [503, 200]
    assert shop.fault("catalogue", "status", count=1).status_code == 200
    assert [_kettle(shop).status_code for _ in range(2)] == [503, 200]


def test_a_share_is_spread_evenly(shop: Shop) -> None:
    shop.fault("catalogue", "status", share=0.25)
    assert [_kettle(shop).status_code for _ in range(8)] == [200, 200, 200, 503] * 2


def test_others_do_not_meet_a_fault_with_a_key(shop: Shop) -> None:
    shop.fault("catalogue", "status", key="run-1")
    assert _kettle(shop).status_code == 200
    assert _kettle(shop, **{"X-Fault-Key": "run-2"}).status_code == 200
    assert _kettle(shop, **{"X-Fault-Key": "run-2, run-1"}).status_code == 503
    assert shop.client.get("/faults/status").json()["met"] == 1


def test_a_key_may_name_a_product_or_a_person(shop: Shop) -> None:
    shop.fault("catalogue", "status", key="tea-green")
    assert (_kettle(shop).status_code, shop.client.get("/products/tea-green").status_code) == (200, 503)
    alice, bob = shop.customer("alice"), shop.customer("bob")
    shop.fault("orders", "status", key="alice@example.org")
    assert (shop.order(alice, kettle=1).status_code, shop.order(bob, kettle=1).status_code) == (503, 201)
    shop.fault("orders", "status", key="mug-red")
    assert (shop.order(bob, kettle=1).status_code, shop.order(bob, mug_red=1).status_code) == (201, 503)


def test_slow_is_slow(shop: Shop) -> None:
    shop.fault("catalogue", "slow", seconds=0.4, count=1)
    began = time.monotonic()
    assert _kettle(shop).status_code == 200
    assert time.monotonic() - began >= 0.4


def test_wrong_data_is_only_in_the_answer(shop: Shop) -> None:
    shop.fault("catalogue", "wrong_data", field="attributes.volume_ml", value="much", count=1)
    assert _kettle(shop).json()["attributes"] == {"colour": "steel", "volume_ml": "much"}
    assert _kettle(shop).json()["attributes"] == {"colour": "steel", "volume_ml": 1700}
    shop.fault("catalogue", "wrong_data", field="items.1.price", value=None)
    assert [item["price"] for item in shop.client.get("/products?limit=3").json()["items"]] == [24.90, None, 27.40]


def test_after_the_work_only_the_answer_is_spoiled(shop: Shop) -> None:
    alice = shop.customer("alice")
    shop.fault("orders", "status", status=500, after=True, count=1)
    key = {**alice, "Idempotency-Key": "once"}
    goods = {"lines": [{"sku": "kettle"}]}
    assert shop.client.post("/orders", json=goods, headers=key).status_code == 500
    again = shop.client.post("/orders", json=goods, headers=key)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")


def test_a_dropped_request_gets_no_answer_and_leaves_no_thread(shop: Shop) -> None:
    shop.fault("catalogue", "drop")
    before = threading.active_count()
    with pytest.raises(httpx.ReadTimeout), httpx.Client(base_url=shop.client.base_url, trust_env=False) as client:
        client.get("/products/kettle", timeout=0.3)
    while threading.active_count() > before:  # the shop sees that the client has left
        time.sleep(0.01)
    shop.fault("catalogue", "drop", seconds=0.1)
    with pytest.raises(httpx.RemoteProtocolError):
        _kettle(shop)


def test_a_reset_connection(shop: Shop) -> None:
    shop.fault("catalogue", "reset", count=1)
    with pytest.raises(httpx.ReadError):
        _kettle(shop)
    assert _kettle(shop).status_code == 200


def test_a_stale_part_does_not_know_what_was_just_made_or_changed(shop: Shop) -> None:
    alice = shop.customer("alice")
    shop.fault("orders", "stale", seconds=0.5)
    order = shop.order(alice, kettle=1).json()["id"]

    def state() -> object:
        seen = shop.client.get(f"/orders/{order}", headers=alice)
        return seen.json().get("state") if seen.status_code == 200 else seen.status_code

    assert state() == 404
    while state() == 404:
        time.sleep(0.02)
    assert state() == "placed"
    assert shop.client.post(f"/orders/{order}/cancel", headers=alice).json()["state"] == "cancelled"
    while state() == "placed":
        time.sleep(0.02)
    assert state() == "cancelled"


def test_a_database_that_does_not_answer_counts_once_a_request(shop: Shop) -> None:
    alice = shop.customer("alice")
    shop.fault("database", "drop", count=2)
    answers = [shop.order(alice, kettle=1) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 201]
    assert answers[0].json()["detail"] == "The shop's database does not answer."
    shop.fault("database", "slow", seconds=0.3, count=1)
    began = time.monotonic()
    assert shop.order(alice, kettle=1).status_code == 201  # uses it several times
    assert time.monotonic() - began >= 0.3
    assert _struck(shop, "slow") == 1


def test_a_cache_that_is_gone_and_one_that_hears_nothing(shop: Shop) -> None:
    alice = shop.customer("alice")
    shop.fault("cache", "drop", count=1)
    gone = shop.client.get("/products/kettle/price")
    assert (gone.status_code, gone.json()["detail"]) == (503, "The shop's cache does not answer.")
    stock = shop.stock("kettle")
    shop.fault("cache", "stale")
    assert shop.order(alice, kettle=3).status_code == 201
    assert shop.stock("kettle") == stock
    shop.client.delete("/faults/stale")
    assert shop.order(alice, kettle=1).status_code == 201
    assert shop.stock("kettle") == stock - 4


def test_a_fault_ends_by_itself(shop: Shop) -> None:
    shop.fault("catalogue", "status", for_seconds=0.2)
    assert _kettle(shop).status_code == 503
    while _kettle(shop).status_code == 503:
        time.sleep(0.01)
    assert shop.client.get("/faults/status").json()["seconds_left"] == 0


def test_health_tells_which_faults_are_on_and_is_never_struck(shop: Shop) -> None:
    for part, kinds in PARTS.items():
        value = {"field": "x"} if "wrong_data" in kinds else {}
        shop.client.put(f"/faults/{part}", json={"part": part, "kind": kinds[-1], **value}).raise_for_status()
    shop.client.put("/faults/over", json={"part": "users", "kind": "slow", "for_seconds": 0.001}).raise_for_status()
    told = shop.client.get("/health").json()["faults"]
    assert [fault["name"] for fault in told] == list(PARTS)


def test_faults_are_turned_off_one_by_one_by_key_or_all(shop: Shop) -> None:
    for name, key in (("a", "run-1"), ("b", "run-1"), ("c", "run-2"), ("d", "")):
        shop.client.put(f"/faults/{name}", json={"part": "users", "kind": "slow", "key": key}).raise_for_status()
    assert shop.client.delete("/faults", params={"key": "run-1"}).json() == {"removed": 2}
    assert shop.client.delete("/faults/c").status_code == 204
    assert shop.client.delete("/faults/c").status_code == 404
    assert [fault["name"] for fault in shop.client.get("/faults").json()["faults"]] == ["d"]
    assert shop.client.delete("/faults").json() == {"removed": 1}


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({"part": "kitchen", "kind": "slow"}, "part"),
        ({"part": "orders", "kind": "lose"}, "kind"),
        ({"part": "orders", "kind": "slow", "seconds": 1000}, "seconds"),
        ({"part": "orders", "kind": "slow", "seconds": "long"}, "seconds"),
        ({"part": "orders", "kind": "status", "status": 200}, "status"),
        ({"part": "orders", "kind": "status", "share": 0}, "share"),
        ({"part": "orders", "kind": "status", "count": True}, "count"),
        ({"part": "orders", "kind": "wrong_data"}, "field"),
        ({"part": "orders", "kind": "stale", "after": True}, "after"),
        ({"part": "certificate", "kind": "expire", "key": "me"}, "key"),
        ({"part": "orders", "kind": "slow", "often": 3}, "often"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(shop: Shop, wish: dict[str, object], wrong: str) -> None:
    refused = shop.client.put("/faults/nonsense", json=wish)
    assert refused.status_code == 422
    assert wrong in [error["field"] for error in refused.json()["errors"]]
    assert shop.client.get("/faults").json()["faults"] == []


def test_names_are_plain(shop: Shop) -> None:
    assert shop.client.put("/faults/a%20b", json={"part": "users", "kind": "slow"}).status_code == 400


def test_a_held_request_does_not_keep_the_shop_from_closing(shop: Shop) -> None:
    shop.fault("catalogue", "slow", seconds=100)
    answered = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=shop.client.base_url, trust_env=False, timeout=20) as client:
            client.get("/products/kettle")
        answered.set()

    asking = threading.Thread(target=ask)
    asking.start()
    while _struck(shop, "slow") == 0:
        time.sleep(0.01)
    shop.app.faults.closing.set()
    asking.join(10)
    assert answered.is_set()
