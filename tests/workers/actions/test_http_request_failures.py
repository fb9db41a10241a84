"""http_request when the other side, the network, the clock or a person is against it."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import trustme

from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer, Script, black_hole, free_port
from workers.errors import Aborted, StepError, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.http import reading

pytestmark = pytest.mark.usefixtures("leaves_nothing")


def failure(url: str, seconds: float = 5, **config: object) -> StepError:
    with pytest.raises(StepError) as caught:
        Run(seconds)("http_request", url=url, **config)
    return caught.value


def test_a_refused_connection() -> None:
    port = free_port()
    error = failure(f"http://127.0.0.1:{port}/")
    assert (error.kind, error.code) == ("unreachable", "refused")
    assert error.message == f"Nothing listens at 127.0.0.1:{port}: Connection refused"


def test_an_unknown_name() -> None:
    error = failure("http://no-such-host.invalid/")
    assert (error.kind, error.code) == ("unreachable", "dns")
    assert "no-such-host.invalid" in error.message


@pytest.mark.parametrize("after_request", [True, False])
def test_a_reset(after_request: bool) -> None:
    def script(talk: Conversation) -> None:
        if after_request:
            talk.request()
        talk.reset()

    with Peer(script) as peer:
        error = failure(peer.url)
    assert (error.kind, error.code) == ("unreachable", "reset")


def only_listening(talk: Conversation) -> None:
    talk.request()


def test_a_connection_closed_without_an_answer() -> None:
    with Peer(only_listening) as peer:
        error = failure(peer.url)
    assert (error.kind, error.code) == ("unreachable", "reset")
    assert error.message == "127.0.0.1 closed the connection without an answer"


def half_by_length(talk: Conversation) -> None:
    talk.request()
    talk.send('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"id": 7, ')


def half_by_chunks(talk: Conversation) -> None:
    talk.request()
    talk.send('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n{"id": 7, ')


@pytest.mark.parametrize("script", [half_by_length, half_by_chunks])
def test_half_a_response_fails_and_is_kept(script: Script) -> None:
    with Peer(script) as peer:
        error = failure(peer.url)
    assert (error.kind, error.code) == ("unreachable", "incomplete")
    assert error.partial is not None
    assert (error.partial["status"], error.partial["body"]) == (200, '{"id": 7, ')
    assert error.partial["headers"]["Content-Type"] == "application/json"


def test_a_body_reset_in_the_middle_is_kept() -> None:
    read = threading.Event()

    def script(talk: Conversation) -> None:
        half_by_length(talk)
        read.wait(0.3)  # or the reset overtakes what was sent
        talk.reset()

    with Peer(script) as peer:
        error = failure(peer.url)
    assert (error.kind, error.code) == ("unreachable", "reset")
    assert error.partial is not None
    assert error.partial["body"] == '{"id": 7, '


def test_what_is_not_http() -> None:
    def script(talk: Conversation) -> None:
        talk.request()
        talk.send("220 smtp.example.com ESMTP\r\n")

    with Peer(script) as peer:
        error = failure(peer.url)
    assert (error.kind, error.code) == ("unreachable", "bad_response")


def test_a_body_that_is_not_what_its_encoding_says() -> None:
    def script(talk: Conversation) -> None:
        talk.request()
        talk.respond(200, "not gzip", Content_Encoding="gzip")

    with Peer(script) as peer:
        error = failure(peer.url)
    assert (error.kind, error.code) == ("action", "bad_encoding")


def test_a_body_without_an_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "HARD_LIMIT", 1 << 20)

    def script(talk: Conversation) -> None:
        talk.request()
        talk.send("HTTP/1.1 200 OK\r\n\r\n")
        while True:
            talk.send(b"x" * 65536)

    with Peer(script) as peer:
        error = failure(peer.url)
    assert isinstance(error, TargetRefused)
    assert error.code == "too_large"


def test_an_early_refusal_of_a_large_upload_is_an_answer() -> None:
    def script(talk: Conversation) -> None:
        talk.sock.recv(1000)
        talk.respond(413, "too much", Connection="close")
        talk.sock.shutdown(1)
        talk.wait()

    with Peer(script) as peer:
        result = Run()("http_request", method="POST", url=peer.url, body="x" * 8_000_000)
    assert (result["status"], result["body"]) == (413, "too much")


def test_a_proxy_that_is_not_there_and_one_that_refuses() -> None:
    port = free_port()
    error = failure("http://shop.invalid/", proxy=f"http://127.0.0.1:{port}")
    assert (error.kind, error.code) == ("unreachable", "proxy")

    def script(talk: Conversation) -> None:
        talk.request()
        talk.respond(407)

    with Peer(script) as proxy:
        error = failure("https://shop.invalid/", proxy=proxy.url)
    assert (error.kind, error.code) == ("unreachable", "proxy")
    assert "407" in error.message


# --- TLS ---


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def serving(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


def ok(talk: Conversation) -> None:
    talk.request()
    talk.respond(200, "secret handshake")


def test_a_trusted_certificate(authority: trustme.CA, ca: str) -> None:
    with Peer(ok, tls=serving(authority.issue_cert("127.0.0.1"))) as peer:
        result = Run()("http_request", url=peer.url, ca=ca)
    assert result["body"] == "secret handshake"
    assert result["timing"]["tls"] > 0


def test_an_untrusted_certificate_and_not_asking(authority: trustme.CA) -> None:
    with Peer(ok, tls=serving(authority.issue_cert("127.0.0.1"))) as peer:
        error = failure(peer.url)
        assert (error.kind, error.code) == ("unreachable", "tls_untrusted")
        assert Run()("http_request", url=peer.url, verify_ssl=False)["status"] == 200


def test_an_expired_certificate(authority: trustme.CA, ca: str) -> None:
    cert = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))
    with Peer(ok, tls=serving(cert)) as peer:
        error = failure(peer.url, ca=ca)
    assert (error.kind, error.code) == ("unreachable", "tls_expired")


def test_a_certificate_for_another_host(authority: trustme.CA, ca: str) -> None:
    with Peer(ok, tls=serving(authority.issue_cert("elsewhere.example"))) as peer:
        error = failure(peer.url, ca=ca)
    assert (error.kind, error.code) == ("unreachable", "tls_host")


def test_tls_with_a_server_that_has_none() -> None:
    with Peer(lambda talk: talk.send("HTTP/1.1 400 Bad\r\n\r\n")) as peer:
        error = failure(peer.url.replace("http:", "https:"))
    assert (error.kind, error.code) == ("unreachable", "tls")


def test_a_client_certificate(authority: trustme.CA, ca: str, tmp_path: Path) -> None:
    mine = authority.issue_cert("me@example.com")
    mine.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "me.pem"))
    context = serving(authority.issue_cert("127.0.0.1"))
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with Peer(ok, tls=context) as peer:
        assert Run()("http_request", url=peer.url, ca=ca, client_cert=str(tmp_path / "me.pem"))["status"] == 200
        assert failure(peer.url, ca=ca).kind == "unreachable"


def test_tls_through_a_proxys_tunnel(authority: trustme.CA, ca: str) -> None:
    inner = serving(authority.issue_cert("shop.invalid"))

    def script(talk: Conversation) -> None:
        assert talk.request().target == "shop.invalid:443"
        talk.send("HTTP/1.1 200 Connection established\r\n\r\n")
        with inner.wrap_socket(talk.sock, server_side=True) as secured:
            ok(Conversation(secured, talk.closing))

    with Peer(script) as proxy:
        result = Run()("http_request", url="https://shop.invalid/", ca=ca, proxy=proxy.url)
    assert result["body"] == "secret handshake"


# --- time and abort, in every phase ---


def silent_handshake(talk: Conversation) -> None:
    talk.wait()


def silent_after_request(talk: Conversation) -> None:
    talk.request()
    talk.wait()


def dripping_headers(talk: Conversation) -> None:
    talk.request()
    talk.send("HTTP/1.1 200 OK\r\nX-Slow: ")
    talk.drip()


def dripping_body(talk: Conversation) -> None:
    talk.request()
    talk.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    talk.drip()


def not_reading(talk: Conversation) -> None:
    talk.closing.wait(30)


PHASES: dict[str, tuple[Script, dict[str, object]]] = {
    "handshakes": (silent_handshake, {"tls": True}),
    "sends": (not_reading, {"method": "POST", "body": "x" * 30_000_000}),
    "waits": (silent_after_request, {}),
    "reads headers": (dripping_headers, {}),
    "reads the body": (dripping_body, {}),
}


def address(peer: Peer, config: dict[str, object]) -> str:
    return peer.url.replace("http:", "https:") if config.pop("tls", False) else peer.url


@pytest.mark.parametrize("phase", PHASES)
def test_a_deadline_ends_it_while_it(phase: str) -> None:
    script, config = PHASES[phase][0], dict(PHASES[phase][1])
    with Peer(script) as peer:
        started = monotonic()
        error = failure(address(peer, config), 0.4, **config)
        assert monotonic() - started < 10
    assert isinstance(error, StepTimedOut)
    assert error.code == ("connect_timeout" if phase == "handshakes" else "read_timeout")


@pytest.mark.parametrize("phase", PHASES)
def test_an_abort_ends_it_while_it(phase: str) -> None:
    script, config = PHASES[phase][0], dict(PHASES[phase][1])
    with Peer(script) as peer:
        run = Run(30)
        aborter = run.abort_when(peer.connected)
        with pytest.raises(Aborted) as caught:
            run("http_request", url=address(peer, config), **config)
        assert run.abort.at is not None
        assert monotonic() - run.abort.at < 10
        aborter.join()
    assert caught.value.reason == "cancelled"


def test_whoever_sees_first_that_the_time_is_up_says_that_it_went_to_connecting() -> None:
    with black_hole() as port:
        run = Run(30)
        aborter = run.abort_when(lambda: True, reason="timeout")
        with pytest.raises(StepTimedOut) as caught:
            run("http_request", url=f"http://127.0.0.1:{port}/")
        aborter.join()
    assert caught.value.code == "connect_timeout"


def test_a_deadline_and_an_abort_end_a_connect_that_nobody_answers() -> None:
    with black_hole() as port:
        error = failure(f"http://127.0.0.1:{port}/", 0.3)
        assert (error.kind, error.code) == ("timeout", "connect_timeout")
        run = Run(30)
        aborter = run.abort_when(lambda: True)
        with pytest.raises(Aborted):
            run("http_request", url=f"http://127.0.0.1:{port}/")
        assert run.abort.at is not None
        assert monotonic() - run.abort.at < 10
        aborter.join()


def test_a_deadline_and_an_abort_do_not_wait_for_a_slow_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr("workers.protocols.wire._look_up", lambda host, port: release.wait(30) and [])
    try:
        error = failure("http://slow.example/", 0.3)
        assert (error.kind, error.code) == ("timeout", "dns")
        run = Run(30)
        aborter = run.abort_when(lambda: True)
        with pytest.raises(Aborted):
            run("http_request", url="http://slow.example/")
        aborter.join()
    finally:
        release.set()


def test_the_requests_own_timeout_counts_as_well() -> None:
    with Peer(silent_after_request) as peer:
        error = failure(peer.url, 30, timeout="300ms")
    assert (error.kind, error.code) == ("timeout", "read_timeout")


def test_what_came_before_an_abort_is_kept() -> None:
    with Peer(dripping_body) as peer:
        run = Run(30)
        aborter = run.abort_when(peer.asked)
        with pytest.raises(Aborted):
            run("http_request", url=peer.url)
        aborter.join()
    assert run.context.partial["status"] == 200
    assert set(run.context.partial["body"]) <= {"x"}


def test_an_abort_before_the_start_connects_nowhere() -> None:
    with Peer(ok) as peer:
        run = Run()
        run.abort.set("cancelled")
        with pytest.raises(Aborted):
            run("http_request", url=peer.url)
        assert not peer.connected.is_set()


def test_a_name_with_a_dead_address_first_still_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(ok) as peer:
        import socket

        dead, alive = (socket.AF_INET, ("127.0.0.1", free_port())), (socket.AF_INET, ("127.0.0.1", peer.port))
        monkeypatch.setattr("workers.protocols.wire._look_up", lambda host, port: [dead, alive])
        assert Run()("http_request", url=f"http://two.example:{peer.port}/")["status"] == 200


def test_errors_never_show_the_password_of_a_url() -> None:
    error = failure(f"http://ann:hush-hush@127.0.0.1:{free_port()}/")
    assert "hush" not in f"{error.message} {error.partial}"
    assert isinstance(error, TargetUnreachable)
