"""The fault panel in a browser, without JavaScript."""

import re

import httpx

from tests.examples.shop.people import Shop

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def _page(shop: Shop) -> httpx.Response:
    return shop.client.get("/faults", headers=BROWSER)


def _send(shop: Shop, **fields: str) -> httpx.Response:
    return shop.client.post("/faults", data=fields, headers={**BROWSER, "Sec-Fetch-Site": "same-origin"})


def test_a_fault_is_turned_on_and_off_with_forms(shop: Shop) -> None:
    assert "Nothing misbehaves." in _page(shop).text
    sent = _send(shop, fault="catalogue/status", status="500", count="3", seconds="", key="run-1", share="0.5")
    assert (sent.status_code, sent.headers["location"]) == (303, "/faults")
    (fault,) = shop.client.get("/faults").json()["faults"]
    assert (fault["part"], fault["status"], fault["count"], fault["key"], fault["share"]) == (
        "catalogue", 500, 3, "run-1", 0.5,
    )  # fmt: skip
    page = _page(shop).text
    assert "<td>status, 500</td><td>run-1</td><td>50 % of them, 3 times</td><td>0 of 0</td>" in page
    (off,) = re.findall(r'action="(/faults/[^"]+/off)"', page)
    assert shop.client.post(off, headers=BROWSER).status_code == 303
    assert "Nothing misbehaves." in _page(shop).text


def test_all_are_turned_off_at_once(shop: Shop) -> None:
    _send(shop, fault="orders/slow")
    _send(shop, fault="events/lose")
    assert shop.client.post("/faults/off").status_code == 303
    assert shop.client.get("/faults").json()["faults"] == []


def test_what_was_filled_in_wrongly_stays_filled_in_and_is_named(shop: Shop) -> None:
    answer = _send(shop, fault="orders/slow", seconds="ages", key='"><script>alert(1)</script>', after="on")
    assert answer.status_code == 422
    assert "seconds must be a number from 0 to 120." in answer.text
    assert 'value="ages"' in answer.text
    assert '<option value="orders/slow" selected>' in answer.text
    assert '<input type="checkbox" name="after" checked>' in answer.text
    assert "<script" not in answer.text


def test_a_value_is_json_where_it_can_be(shop: Shop) -> None:
    _send(shop, fault="orders/wrong_data", field="total", value="0")
    _send(shop, fault="orders/wrong_data", field="state", value="lost")
    _send(shop, fault="orders/wrong_data", field="lines", value="<b>none</b>", key="<i>")
    assert [fault["value"] for fault in shop.client.get("/faults").json()["faults"]] == [0, "lost", "<b>none</b>"]
    page = _page(shop).text
    assert "wrong data, total = 0" in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_the_page_needs_no_script_and_allows_none(shop: Shop) -> None:
    page = _page(shop)
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "script" not in page.text
    assert " style=" not in page.text
    assert page.text.count("<label>") == page.text.count("</label>") == 10


def test_other_sites_cannot_turn_faults_on_or_off(shop: Shop) -> None:
    strange = {**BROWSER, "Sec-Fetch-Site": "cross-site"}
    for path in ("/faults", "/faults/off", "/faults/x/off"):
        assert shop.client.post(path, data={"fault": "orders/slow"}, headers=strange).status_code == 403


def test_flows_get_json_and_may_post_it_too(shop: Shop) -> None:
    listed = shop.client.get("/faults").json()
    assert "stale" in listed["parts"]["cache"]
    made = shop.client.post("/faults", json={"part": "orders", "kind": "slow"})
    assert made.status_code == 201
    assert shop.client.get(made.headers["location"]).json()["seconds"] == 1
