"""http_request against real sockets: what it sends, what it reads."""

import base64
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from flows.language.actions.http_request import HttpRequestConfig
from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer, Request
from workers.actions import ACTIONS
from workers.egress import Egress
from workers.errors import StepMisconfigured, TargetRefused


def answer(status: int = 200, body: bytes | str = b"", **headers: str) -> Any:
    def script(talk: Conversation) -> None:
        talk.request()
        talk.respond(status, body, **headers)

    return script


def sent(run: Run, **config: Any) -> Request:
    """The request a peer got for this config."""
    with Peer(answer()) as peer:
        run("http_request", **{"url": f"{peer.url}/orders", **config})
    return peer.requests[-1]


def received(run: Run, status: int = 200, body: bytes | str = b"", **headers: str) -> dict[str, Any]:
    with Peer(answer(status, body, **headers)) as peer:
        return run("http_request", url=f"{peer.url}/orders")


def test_a_json_answer_gives_every_key_of_the_result(run: Run) -> None:
    result = received(run, 201, '{"id": 7, "total": 59.90}', Content_Type="application/json", Set_Cookie="sid=abc")
    assert result["status"] == 201
    assert result["body"] == {"id": 7, "total": Decimal("59.90")}
    assert result["headers"]["Content-Type"] == result["content_type"] == "application/json"
    assert result["headers_all"]["Set-Cookie"] == ["sid=abc"]
    assert result["cookies"] == {"sid": "abc"}
    assert result["size"] == 25
    assert result["url"].endswith("/orders")
    assert result["redirects"] == []
    assert set(result["timing"]) == {"dns", "connect", "tls", "first_byte", "download", "reused"}
    assert result["duration_ms"] >= result["timing"]["first_byte"] > 0
    assert set(result) - {"body_encoding"} == ACTIONS["http_request"].spec.result_keys - {"response"}


def test_a_status_is_never_a_failure_by_itself(run: Run) -> None:
    assert received(run, 503, "down")["status"] == 503


def test_the_request_is_recorded_before_it_leaves(run: Run) -> None:
    with Peer(lambda talk: talk.reset()) as peer, pytest.raises(Exception, match=r"broke|closed|reset"):
        run("http_request", method="post", url=f"{peer.url}/orders?a=1", json={"x": 1}, headers={"X-Trace": "t"})
    request = run.context.request
    assert (request["method"], request["url"]) == ("POST", f"{peer.url}/orders?a=1")
    assert request["headers"]["X-Trace"] == "t"
    assert request["body"] == {"x": 1}


@pytest.mark.parametrize(
    ("config", "body", "content_type"),
    [
        ({"body": {"a": 1}}, b'{"a":1}', "application/json"),
        ({"body": [1, Decimal("2.50")]}, b"[1,2.50]", "application/json"),
        ({"body": "plain é"}, "plain é".encode(), None),
        ({"json": "text"}, b'"text"', "application/json"),
        ({"json": None}, b"null", "application/json"),
        ({"body": None}, b"", None),
        ({"form": {"a": "1 2", "b": [1, 2], "c": True}}, b"a=1+2&b=1&b=2&c=true", "application/x-www-form-urlencoded"),
        (
            {"body": {"a": 1}, "headers": {"content-type": "application/vnd.x+json"}},
            b'{"a":1}',
            "application/vnd.x+json",
        ),
    ],
)
def test_bodies(run: Run, config: dict[str, Any], body: bytes, content_type: str | None) -> None:
    request = sent(run, method="POST", **config)
    assert request.body == body
    assert request.headers.get("content-type") == content_type


def test_null_leaves_a_default_header_out(run: Run) -> None:
    headers = sent(run, headers={"User-Agent": None, "Accept-Encoding": None}).headers
    assert {name.lower() for name in headers} == {"host", "accept"}


def test_a_multipart_body_has_fields_and_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    request = sent(
        run,
        method="POST",
        multipart={
            "title": "a photo",
            "file": {"file": str(tmp_path / "photo.png"), "content_type": "image/png"},
            "note": {"content": {"n": 1}, "filename": "note.json"},
        },
    )
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    for part in (
        b'name="title"\r\n\r\na photo',
        b'filename="photo.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG',
        b'{"n":1}',
    ):
        assert part in request.body


def test_files_need_the_workers_permission(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    run = Run(local_files=False)
    for config in (
        {"multipart": {"f": {"file": str(tmp_path / "a")}}},
        {"url": "https://127.0.0.1:1", "ca": str(tmp_path / "a")},
    ):
        with Peer(answer()) as peer, pytest.raises(StepMisconfigured) as caught:
            run(
                "http_request",
                **{
                    "method": "POST",
                    "url": peer.url.replace("http:", "https:" if "ca" in config else "http:"),
                    **{k: v for k, v in config.items() if k != "url"},
                },
            )
        assert caught.value.code == "local_files"


def test_params_headers_and_cookies(run: Run) -> None:
    request = sent(
        run,
        params={"q": "a b", "page": 2, "tag": ["x", "y"], "none": None, "flag": True},
        headers={"X-One": 1, "X-Many": ["a", "b"], "User-Agent": None, "X-Snow": "☃"},
        cookies={"sid": "abc", "n": 5},
    )
    assert request.target == "/orders?q=a+b&page=2&tag=x&tag=y&flag=true"
    assert request.headers["x-one"] == "1"
    assert request.headers["x-many"] == "a, b"
    assert "stepwell" not in request.headers.get("user-agent", "")
    assert request.headers["x-snow"].encode("latin-1").decode() == "☃"
    assert sorted(request.headers["cookie"].split("; ")) == ["n=5", "sid=abc"]


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        (
            {"type": "basic", "username": "ann", "password": "pä:ss"},
            "authorization",
            "Basic " + base64.b64encode("ann:pä:ss".encode()).decode(),
        ),
        ({"basic": {"username": "ann", "password": "x"}}, "authorization", "Basic YW5uOng="),
        ({"type": "bearer", "token": "t0"}, "authorization", "Bearer t0"),
        ({"bearer": "t0"}, "authorization", "Bearer t0"),
        ({"type": "api_key", "value": "k"}, "x-api-key", "k"),
        ({"type": "api_key", "name": "Key", "value": "k", "in": "header"}, "key", "k"),
    ],
)
def test_credentials_in_headers(run: Run, auth: dict[str, Any], header: str, value: str) -> None:
    assert sent(run, auth=auth).headers[header] == value


def test_an_api_key_in_the_query_or_a_cookie(run: Run) -> None:
    assert sent(run, auth={"type": "api_key", "name": "key", "value": "k", "in": "query"}).target == "/orders?key=k"
    assert sent(run, auth={"type": "api_key", "name": "key", "value": "k", "in": "cookie"}).headers["cookie"] == "key=k"


def test_oauth2_asks_for_a_token_first_and_keeps_it_secret(run: Run) -> None:
    def script(talk: Conversation) -> None:
        request = talk.request()
        if request.target == "/token":
            talk.respond(
                200, '{"access_token": "fresh-token", "token_type": "bearer"}', Content_Type="application/json"
            )
        else:
            talk.respond(200)

    with Peer(script) as peer:
        auth = {
            "type": "oauth2",
            "token_url": f"{peer.url}/token",
            "client_id": "me",
            "client_secret": "s",
            "scope": ["a", "b"],
        }
        run("http_request", url=f"{peer.url}/orders", auth=auth)
    token, order = peer.requests
    assert token.body == b"grant_type=client_credentials&scope=a+b"
    assert token.headers["authorization"] == "Basic bWU6cw=="
    assert order.headers["authorization"] == "Bearer fresh-token"
    assert run.context.secrets == {"oauth_token": "fresh-token"}


@pytest.mark.parametrize(("status", "code"), [(401, "oauth_refused"), (503, "oauth_unavailable")])
def test_a_refused_oauth_client_fails_the_step(run: Run, status: int, code: str) -> None:
    with Peer(answer(status, '{"error": "invalid_client"}', Content_Type="application/json")) as peer:
        auth = {"type": "oauth2", "token_url": f"{peer.url}/token", "client_id": "me", "client_secret": "hush"}
        with pytest.raises(TargetRefused, match="invalid_client") as caught:
            run("http_request", url=peer.url, auth=auth)
    assert caught.value.code == code
    assert "hush" not in caught.value.message


@pytest.mark.parametrize(
    ("content", "content_type", "body", "encoding"),
    [
        (b'{"a":1}', "application/problem+json", {"a": 1}, "json"),
        (b'{"a":1}', "text/plain", {"a": 1}, "json"),
        (b"12", "text/plain", "12", "text"),
        (b"{broken", "application/json", "{broken", "text"),
        (b"<p>", "text/html", "<p>", "text"),
        ("é".encode("latin-1"), "text/plain; charset=iso-8859-1", "é", "text"),
        ("é".encode("cp1252"), "text/plain", "é", "text"),
        (b"\x89PNG\xff", "image/png", base64.b64encode(b"\x89PNG\xff").decode(), "base64"),
        (b"", "application/json", "", "text"),
        (b'{"n": 12345678901234567890.123}', "application/json", {"n": Decimal("12345678901234567890.123")}, "json"),
    ],
)
def test_bodies_are_read_by_their_type(run: Run, content: bytes, content_type: str, body: Any, encoding: str) -> None:
    result = received(run, 200, content, Content_Type=content_type)
    assert (result["body"], result["body_encoding"]) == (body, encoding)


def test_a_compressed_chunked_body_is_unpacked(run: Run) -> None:
    packed = gzip.compress(json.dumps({"a": "x" * 1000}).encode())

    def script(talk: Conversation) -> None:
        talk.request()
        talk.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"
            "Content-Type: application/json\r\n\r\n"
        )
        for start in range(0, len(packed), 7):
            part = packed[start : start + 7]
            talk.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        talk.send("0\r\n\r\n")

    with Peer(script) as peer:
        assert run("http_request", url=peer.url)["body"] == {"a": "x" * 1000}


def test_a_head_request_has_no_body(run: Run) -> None:
    def script(talk: Conversation) -> None:
        talk.request()
        talk.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")

    with Peer(script) as peer:
        assert run("http_request", method="head", url=peer.url)["size"] == 0


def redirecting(talk: Conversation) -> None:
    request = talk.request()
    if request.target == "/start":
        talk.respond(302, Location="/end", Set_Cookie="seen=1")
    elif request.target == "/loop":
        talk.respond(302, Location="/loop")
    else:
        talk.respond(200, "here")


def test_redirects_are_followed_and_listed(run: Run) -> None:
    with Peer(redirecting) as peer:
        result = run("http_request", method="POST", url=f"{peer.url}/start", json={"a": 1})
    assert (result["status"], result["body"], result["url"]) == (200, "here", f"{peer.url}/end")
    assert result["redirects"] == [{"status": 302, "url": f"{peer.url}/start", "location": "/end"}]
    assert result["cookies"] == {"seen": "1"}
    assert (peer.requests[1].method, peer.requests[1].headers["cookie"]) == ("GET", "seen=1")


def test_redirects_are_left_alone_when_the_flow_says_so(run: Run) -> None:
    with Peer(redirecting) as peer:
        assert run("http_request", url=f"{peer.url}/start", follow_redirects=False)["status"] == 302


def test_a_redirect_loop_ends(run: Run) -> None:
    with Peer(redirecting) as peer, pytest.raises(TargetRefused, match="more than 3 times") as caught:
        run("http_request", url=f"{peer.url}/loop", max_redirects=3)
    assert caught.value.code == "too_many_redirects"
    assert len(peer.requests) == 4
    assert caught.value.partial is not None
    assert caught.value.partial["status"] == 302


def test_credentials_do_not_follow_a_redirect_to_another_host(run: Run) -> None:
    with Peer(answer()) as other:

        def script(talk: Conversation) -> None:
            talk.request()
            talk.respond(307, Location=f"http://localhost:{other.port}/", Content_Type="text/plain")

        with Peer(script) as first:
            run("http_request", url=first.url, auth={"type": "api_key", "value": "k"}, cookies={"sid": "mine"})
            run("http_request", url=first.url, auth={"bearer": "t"})
    for request in other.requests:
        assert not {"x-api-key", "cookie", "authorization"} & set(request.headers)
    assert first.requests[0].headers["x-api-key"] == "k"


def test_a_redirect_cannot_lead_past_the_egress_rules() -> None:
    peer = Peer(answer(302, Location="http://169.254.169.254/latest/meta-data/"))
    with peer, pytest.raises(StepMisconfigured, match="metadata") as caught:
        Run(egress=Egress())("http_request", url=peer.url)
    assert caught.value.code == "egress_denied"


def test_a_proxy_is_asked_instead_of_the_target(run: Run) -> None:
    with Peer(answer(200, "by proxy")) as proxy:
        result = run("http_request", url="http://shop.invalid/orders", proxy=f"http://ann:pw@127.0.0.1:{proxy.port}")
    assert result["body"] == "by proxy"
    assert proxy.requests[0].target == "http://shop.invalid/orders"
    assert proxy.requests[0].headers["proxy-authorization"] == "Basic YW5uOnB3"


def test_harmless_methods_may_be_repeated() -> None:
    action = ACTIONS["http_request"]
    harmless = [
        method
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
        if action.is_repeatable(HttpRequestConfig(method=method, url="http://h/"))
    ]
    assert harmless == ["GET", "HEAD", "OPTIONS"]


@pytest.mark.parametrize(
    ("written", "rendered", "service", "route"),
    [
        ("${API}/orders/${id}", "http://shop:5016/v1/orders/8?x=1", "shop:5016", "/v1/orders/{}"),
        ("http://shop/orders/{{ id }}/items", "http://shop/orders/a-b/items", "shop", "/orders/{}/items"),
        ("https://shop:443/orders/17", "https://shop:443/orders/17", "shop", "/orders/{}"),
        ("${URL}", "http://shop/users/3f2b8c1e-0000-4000-8000-000000000000", "shop", "/users/{}"),
        ("${API}/file-${n}.txt", "http://shop/file-7.txt", "shop", "/file-{}.txt"),
        ("${API}/${path}", "http://shop/a/b/12", "shop", "/a/b/{}"),
        ("http://shop", "http://shop", "shop", "/"),
    ],
)
def test_the_route_is_the_path_with_its_parameters_taken_out(
    written: str, rendered: str, service: str, route: str
) -> None:
    endpoint = ACTIONS["http_request"].endpoint(HttpRequestConfig(url=rendered), {"url": written})
    assert endpoint is not None
    assert (endpoint.protocol, endpoint.service, endpoint.operation, endpoint.route) == ("http", service, "GET", route)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"url": "shop/orders"}, "must begin with http:// or https://"),
        ({"url": "ftp://shop"}, "not ftp://"),
        ({"url": "http:///x"}, "names no host"),
        ({"url": "http://h", "method": "GE T"}, "not an HTTP method"),
        ({"url": "http://h", "body": "x", "json": {}}, "a request has one body"),
        ({"url": "http://h", "auth": {"type": "basic"}}, "needs username"),
        ({"url": "http://h", "auth": {"type": "bearer", "token": "t", "username": "u"}}, "does not take username"),
        ({"url": "http://h", "timeout": "soon"}, "duration"),
        ({"url": "http://h", "proxy": "socks5://h:1"}, "must begin with http://"),
        ({"url": "http://h", "heders": {}}, "Extra inputs"),
    ],
)
def test_wrong_configs_are_refused(config: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        HttpRequestConfig.model_validate(config)


@pytest.mark.parametrize("url", ["http://[::1", "http://host:99999999/", "http://a b/"])
def test_a_url_that_only_shows_wrong_when_used_is_a_config_failure(run: Run, url: str) -> None:
    with pytest.raises(StepMisconfigured):
        run("http_request", url=url)
