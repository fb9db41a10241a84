import socket
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.examples.shop.people import Shop


@contextmanager
def _wire(shop: Shop) -> Iterator[socket.socket]:
    with socket.create_connection((shop.client.base_url.host, shop.client.base_url.port or 80), timeout=10) as client:
        yield client


def _until_closed(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65536), b""))


def test_one_connection_serves_many_requests(shop: Shop) -> None:
    with _wire(shop) as client:
        asked = b"POST /lab/count/a HTTP/1.1\r\nHost: shop\r\nContent-Length: 2\r\n\r\n{}"
        client.sendall(asked * 3)  # also sent ahead of the answers
        client.sendall(b"GET /lab/count/a HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
        said = _until_closed(client)
    assert said.count(b"HTTP/1.1 200 OK") == 4
    assert said.endswith(b'{"key": "a", "count": 3}')


def test_an_unread_body_is_never_taken_for_a_request(shop: Shop) -> None:
    smuggled = b"GET /lab/echo HTTP/1.1\r\nHost: shop\r\n\r\n"
    for head, code in (
        (b"Transfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"Content-Length: 99999999999\r\n\r\n", b"413"),
        (b"Content-Length: -1\r\n\r\n", b"400"),
    ):
        with _wire(shop) as client:
            client.sendall(b"POST /lab/count/a HTTP/1.1\r\nHost: shop\r\n" + head + smuggled)
            client.shutdown(socket.SHUT_WR)
            said = _until_closed(client)
        assert said.startswith(b"HTTP/1.1 " + code)
        assert said.count(b"HTTP/1.1") == 1


def test_a_client_that_asks_first_is_told_to_go_on(shop: Shop) -> None:
    with _wire(shop) as client:
        client.sendall(b"POST /lab/echo HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert client.recv(1024).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(b"{}")
        assert client.recv(1024).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "nonsense", [b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"BREW / HTTP/1.1\r\nHost: shop\r\n\r\n"]
)
def test_nonsense_gets_a_problem_in_the_same_form(shop: Shop, nonsense: bytes) -> None:
    with _wire(shop) as client:
        client.sendall(nonsense)
        assert b"application/problem+json" in _until_closed(client)


def test_paths_and_methods_that_do_not_exist_are_told_apart(shop: Shop) -> None:
    assert shop.client.get("/nowhere").status_code == 404
    refused = shop.client.put("/orders")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")


def test_a_head_is_a_get_without_its_body(shop: Shop) -> None:
    head, get = shop.client.head("/health"), shop.client.get("/health")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(get.content)))


def test_the_index_lists_every_endpoint(shop: Shop) -> None:
    listed = {(one["method"], one["path"]) for one in shop.client.get("/").json()["endpoints"]}
    assert {("POST", "/orders"), ("GET", "/health"), ("GET", "/lab/hold")} <= listed


def test_a_database_that_is_gone_is_a_503_and_comes_back(shop: Shop) -> None:
    assert shop.client.get("/health").status_code == 200
    shop.sql("ALTER TABLE products RENAME TO elsewhere")
    broken = shop.client.get("/products/kettle")
    assert (broken.status_code, broken.json()["detail"]) == (500, "The shop has a fault; its log says more.")
    shop.sql("ALTER TABLE elsewhere RENAME TO products")
    with psycopg.connect(shop.database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert shop.client.get("/products/kettle").status_code == 503
    while shop.client.get("/products/kettle").status_code != 200:  # the pool replaces what broke
        pass
