import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.examples.shop.people import Shop


def _wait_until(shop: Shop, key: str, **wanted: int) -> None:
    """Each question goes over HTTP, so this is no busy loop; pytest's own time-out ends it."""
    while not wanted.items() <= shop.client.get(f"/lab/holding/{key}").json().items():
        pass


def test_any_status_can_be_had(shop: Shop) -> None:
    for code in (200, 404, 503):
        assert shop.client.get(f"/lab/status/{code}").status_code == code
        assert shop.client.post(f"/lab/status/{code}").status_code == code
    assert shop.client.get("/lab/status/204").content == b""
    assert shop.client.get("/lab/status/999").status_code == 404


def test_flaky_fails_as_often_as_it_was_told(shop: Shop) -> None:
    codes = [shop.client.get("/lab/flaky?key=a&fail=2").status_code for _ in range(4)]
    assert codes == [503, 503, 200, 200]
    assert shop.client.get("/lab/flaky?key=b&fail=1&status=500").status_code == 500


def test_counts_are_exact_under_many_callers(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as many:
        list(many.map(lambda _: shop.client.post("/lab/count/a"), range(50)))
    assert shop.client.get("/lab/count/a").json()["count"] == 50
    assert shop.client.get("/lab/count/b").json()["count"] == 0
    shop.client.delete("/lab/count/a")
    assert shop.client.get("/lab/count/a").json()["count"] == 0


def test_a_held_request_waits_for_its_release(shop: Shop) -> None:
    with ThreadPoolExecutor(2) as two:
        held = [two.submit(shop.client.get, "/lab/hold?key=a") for _ in range(2)]
        _wait_until(shop, "a", holding=2)
        assert shop.client.post("/lab/release/a").json() == {"released": 2}
        assert sorted(one.result().json()["arrival"] for one in held) == [1, 2]
    assert shop.client.get("/lab/holding/a").json() == {"key": "a", "holding": 0, "arrived": 2, "gone": 0}


def test_a_release_for_good_lets_later_ones_through(shop: Shop) -> None:
    shop.client.post("/lab/release/a?for_good=true")
    assert shop.client.post("/lab/hold?key=a").status_code == 200


def test_a_hold_that_nobody_releases_ends(shop: Shop) -> None:
    assert shop.client.get("/lab/hold?key=a&seconds=0.05").status_code == 504


def test_a_client_that_leaves_while_held_is_noticed(shop: Shop) -> None:
    with socket.create_connection((shop.client.base_url.host, shop.client.base_url.port or 80)) as client:
        client.sendall(b"GET /lab/hold?key=a HTTP/1.1\r\nHost: shop\r\n\r\n")
        _wait_until(shop, "a", holding=1)
    _wait_until(shop, "a", holding=0, gone=1)


def test_a_reset_is_a_reset(shop: Shop) -> None:
    with socket.create_connection((shop.client.base_url.host, shop.client.base_url.port or 80)) as client:
        client.sendall(b"GET /lab/reset HTTP/1.1\r\nHost: shop\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_half_a_response_is_half(shop: Shop) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="received 50 bytes, expected 100"):
        shop.client.get("/lab/half")


def test_a_drip_defeats_every_time_out_of_a_single_read(shop: Shop) -> None:
    with shop.client.stream("GET", "/lab/drip?seconds=2") as answer:
        assert answer.headers["content-length"] == "2"
        assert b"".join(answer.iter_raw()) == b".."


def test_the_echo_tells_what_was_sent(shop: Shop) -> None:
    told = shop.client.patch("/lab/echo?a=1", json={"b": [True]}, headers={"X-C": "d"}).json()
    assert (told["method"], told["query"], told["json"], told["headers"]["x-c"]) == (
        "PATCH",
        {"a": "1"},
        {"b": [True]},
        "d",
    )
    assert shop.client.post("/lab/echo", content=b"\xff").json()["base64"] == "/w=="


def test_large_bodies_have_the_size_that_was_asked_for(shop: Shop) -> None:
    answer = shop.client.get("/lab/large?mb=10")
    assert (len(answer.content), answer.json().keys()) == (10 * 1024 * 1024, {"filler"})
    assert len(shop.client.get("/lab/large?mb=1&type=text").text) == 1024 * 1024


def test_redirects_end_at_the_echo(shop: Shop) -> None:
    answer = shop.client.get("/lab/redirect?n=3", follow_redirects=True)
    assert (len(answer.history), answer.url.path) == (3, "/lab/echo")


def test_cookies_can_be_set(shop: Shop) -> None:
    assert shop.client.get("/lab/cookie?name=flavour&value=oat").cookies["flavour"] == "oat"
    assert shop.client.get("/lab/cookie", params={"value": "a\r\nX: y"}).status_code == 400


def test_a_slow_answer_holds_up_nobody_else(shop: Shop) -> None:
    slow = threading.Thread(target=shop.client.get, args=("/lab/slow?seconds=1",))
    slow.start()
    assert shop.client.get("/health").status_code == 200
    assert slow.is_alive()
    slow.join()
