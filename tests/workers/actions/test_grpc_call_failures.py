"""gRPC calls when the other side, the network, the clock or a person is against them."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import grpc
import pytest
import trustme

from tests.workers.actions.conftest import Run
from tests.workers.actions.go_between import GoBetween
from tests.workers.actions.misbehaving import Conversation, Peer, black_hole, free_port
from tests.workers.actions.orchard import PROTO, SERVICE, Orchard
from workers.egress import Egress
from workers.errors import Aborted, StepError, StepMisconfigured, StepTimedOut, TargetUnreachable
from workers.protocols.grpc import call as grpc_calls
from workers.protocols.grpc import connection


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """grpcio keeps a few threads and sockets for good from its first call on, on either side."""
    with Orchard() as orchard:
        Run()("grpc_call", address=orchard.address, method=f"{SERVICE}/Echo", proto=PROTO)


pytestmark = pytest.mark.usefixtures("leaves_nothing")


def config(address: str, method: str = "Echo", **more: Any) -> dict[str, Any]:
    return {"address": address, "service": SERVICE, "method": method, "proto": PROTO, **more}


def failure(address: str, method: str = "Echo", *, seconds: float = 5, **more: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        Run(seconds)("grpc_call", **config(address, method, **more))
    return caught.value


def local(peer: Peer) -> str:
    return f"127.0.0.1:{peer.port}"


# --- connecting ---


def test_a_refused_connection() -> None:
    port = free_port()
    error = failure(f"127.0.0.1:{port}")
    assert (error.kind, error.code) == ("unreachable", "refused")
    assert error.message == f"Nothing listens at 127.0.0.1:{port}: Connection refused"


def test_a_refused_connection_is_no_status() -> None:
    with pytest.raises(TargetUnreachable):
        Run(asserted_names=frozenset({"status"}))("grpc_call", **config(f"127.0.0.1:{free_port()}"))


def test_an_unknown_name() -> None:
    error = failure("no-such-host.invalid:50051")
    assert (error.kind, error.code) == ("unreachable", "dns")


def test_addresses_that_flows_may_not_connect_to() -> None:
    with Orchard() as orchard:
        run = Run(egress=Egress(deny=["127.0.0.0/8"]))
        with pytest.raises(StepMisconfigured) as caught:
            run("grpc_call", **config(orchard.address))
        assert caught.value.code == "egress_denied"
        assert orchard.calls == []


def silent(talk: Conversation) -> None:
    talk.wait()


def reset_at_once(talk: Conversation) -> None:
    talk.sock.recv(10)
    talk.reset()


def hang_up(talk: Conversation) -> None:
    talk.sock.recv(10_000)


def test_a_server_that_resets_and_one_that_hangs_up() -> None:
    for script in (reset_at_once, hang_up):
        with Peer(script) as peer:
            error = failure(local(peer))
        assert (error.kind, error.code) == ("unreachable", "reset")
        assert error.message.startswith(f"{local(peer)} ")


@pytest.mark.parametrize("said", ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "220 smtp.example.com\r\n"])
def test_what_is_no_grpc(said: str) -> None:
    def script(talk: Conversation) -> None:
        talk.sock.recv(10_000)
        talk.send(said)
        talk.wait()

    with Peer(script) as peer:
        error = failure(local(peer))
    assert (error.kind, error.code) == ("unreachable", "bad_response")
    assert error.message.startswith(f"{local(peer)} did not answer as gRPC does: Failed parsing HTTP/2")
    assert "stepwell-grpc" not in error.message


# --- TLS ---


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def serving(cert: trustme.LeafCert, *, clients: trustme.CA | None = None) -> Orchard:
    chain = b"".join(blob.bytes() for blob in cert.cert_chain_pems)
    roots = clients.cert_pem.bytes() if clients else None
    return Orchard(
        tls=grpc.ssl_server_credentials(
            [(cert.private_key_pem.bytes(), chain)], root_certificates=roots, require_client_auth=clients is not None
        )
    )


def test_a_trusted_certificate(authority: trustme.CA, ca: str) -> None:
    with serving(authority.issue_cert("127.0.0.1")) as orchard:
        for how in ({"address": orchard.address}, {"address": f"grpcs://{orchard.address}"}):
            run = Run()
            result = run("grpc_call", **{**config(""), **how, "proto": None, "tls": {"ca": ca}})
            assert result["status"] == "OK"
            assert run.context.request["tls"] is True


def test_an_untrusted_certificate_and_not_asking(authority: trustme.CA) -> None:
    with serving(authority.issue_cert("127.0.0.1")) as orchard:
        error = failure(orchard.address, tls=True)
        assert (error.kind, error.code) == ("unreachable", "tls_untrusted")
        assert Run()("grpc_call", **config(orchard.address, tls={"verify": False}))["status"] == "OK"


def test_an_expired_certificate(authority: trustme.CA, ca: str) -> None:
    with serving(authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))) as orchard:
        error = failure(orchard.address, tls={"ca": ca})
    assert (error.kind, error.code) == ("unreachable", "tls_expired")


def test_a_certificate_for_another_host_and_its_name(authority: trustme.CA, ca: str) -> None:
    with serving(authority.issue_cert("orchard.example")) as orchard:
        error = failure(orchard.address, tls={"ca": ca})
        assert (error.kind, error.code) == ("unreachable", "tls_host")
        named = {"ca": ca, "server_name": "orchard.example"}
        assert Run()("grpc_call", **config(orchard.address, "Metadata", tls=named))["status"] == "OK"
        assert orchard.called_as == "orchard.example"


def test_tls_with_a_server_that_has_none_and_the_other_way_round(authority: trustme.CA) -> None:
    with Orchard() as orchard:
        error = failure(orchard.address, tls=True)
        assert (error.kind, error.code) == ("unreachable", "tls")
    with serving(authority.issue_cert("127.0.0.1")) as orchard:
        error = failure(orchard.address)
        assert error.kind == "unreachable"
        assert error.code in {"reset", "bad_response"}


def test_a_client_certificate(authority: trustme.CA, ca: str, tmp_path: Path) -> None:
    mine = authority.issue_cert("me@example.com")
    mine.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "me.pem"))
    with serving(authority.issue_cert("127.0.0.1"), clients=authority) as orchard:
        trusted = {"ca": ca, "cert": str(tmp_path / "me.pem")}
        assert Run()("grpc_call", **config(orchard.address, tls=trusted))["status"] == "OK"
        assert failure(orchard.address, tls={"ca": ca}).kind == "unreachable"


# --- breaking off ---


@pytest.mark.parametrize("way", ["close", "reset"])
@pytest.mark.parametrize(("method", "request_"), [("Hang", {}), ("CountUp", {"to": 3, "then": "hang"})])
def test_a_connection_broken_in_the_middle(way: str, method: str, request_: dict[str, Any]) -> None:
    with Orchard() as orchard, GoBetween(orchard.port) as between:
        breaker = threading.Thread(target=lambda: orchard.called.wait(30) and getattr(between, way)())
        breaker.start()
        error = failure(between.address, method, request=request_)
        breaker.join()
    assert (error.kind, error.code) == ("unreachable", "reset")
    assert error.message.startswith(f"{between.address} {'closed' if way == 'close' else 'broke'} the connection")


def test_what_came_before_it_broke_is_kept() -> None:
    came = threading.Event()

    def break_off(between: GoBetween) -> None:
        came.wait(30)
        between.reset()

    with Orchard() as orchard, GoBetween(orchard.port) as between:
        breaker = threading.Thread(target=break_off, args=(between,))
        breaker.start()
        run = Run(5)
        watcher = when(lambda: len(run.context.partial.get("responses", ())) == 3, came.set)
        with pytest.raises(TargetUnreachable) as caught:
            run("grpc_stream", **config(between.address, "CountUp", request={"to": 3, "then": "hang"}))
        breaker.join()
        watcher.join()
    assert caught.value.partial is not None
    assert [each["value"] for each in caught.value.partial["responses"]] == [1, 2, 3]


def when(ready: Callable[[], bool], act: Callable[[], Any]) -> threading.Thread:
    def watch() -> None:
        ends_at = monotonic() + 5
        while not ready() and monotonic() < ends_at:
            threading.Event().wait(0.01)
        act()

    thread = threading.Thread(target=watch, name="watcher")
    thread.start()
    return thread


def test_a_response_that_is_not_the_message_it_should_be() -> None:
    with Orchard() as orchard:
        other = PROTO.replace("message Apple {\n  string id = 1;", "message Apple {\n  google.protobuf.Struct id = 1;")
        error = failure(orchard.address, "Metadata", proto=other.replace("returns (Note)", "returns (Apple)"))
    assert (error.kind, error.code) == ("action", "bad_response")
    assert error.message == "/orchard.Trees/Metadata sent what is no orchard.Apple"


def test_a_unary_method_that_streams() -> None:
    with Orchard() as orchard:
        error = failure(
            orchard.address,
            "CountUp",
            request={"to": 2},
            proto=PROTO.replace("(Count) returns (stream", "(Count) returns ("),
        )
    assert (error.kind, error.code) == ("action", "bad_response")


# --- too much ---


def test_one_huge_response() -> None:
    with Orchard() as orchard:
        error = failure(orchard.address, "CountUp", request={"to": 1, "size": connection.HARD_LIMIT + 1}, seconds=30)
    assert (error.kind, error.code) == ("action", "too_large")
    assert error.message == f"{orchard.address} sent more than 64 MB"


def test_a_large_response_is_read_whole() -> None:
    size = 20_000_000
    with Orchard() as orchard:
        result = Run(30)("grpc_call", **config(orchard.address, "CountUp", request={"to": 1, "size": size}))
    assert len(result["response"]["padding"]) == size


def test_many_responses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HARD_LIMIT", 100_000)
    monkeypatch.setattr(grpc_calls, "MOST_RESPONSES", 50)
    with Orchard() as orchard:
        error = failure(orchard.address, "CountUp", request={"to": 1000, "size": 10_000})
        assert (error.kind, error.code) == ("action", "too_large")
        error = failure(orchard.address, "CountUp", request={"to": 1000})
        assert error.message.startswith("/orchard.Trees/CountUp sent more than 50 responses")


def test_a_stream_may_be_left_before_its_end() -> None:
    with Orchard() as orchard:
        request = {"to": 1, "then": "drip"}
        result = Run()("grpc_stream", **config(orchard.address, "CountUp", request=request, max_responses=3))
        assert (result["status"], result["count"], result["truncated"]) == ("OK", 3, True)
        assert orchard.left.wait(30)
        result = Run()("grpc_stream", **config(orchard.address, "CountUp", request={"to": 2}, max_responses=3))
        assert (result["count"], result["truncated"]) == (2, False)


# --- time and abort, in every phase ---


PHASES: dict[str, dict[str, Any]] = {
    "does the TLS handshake": {"tls": True},
    "waits for the greeting": {},
    "asks for reflection": {"proto": None},
    "waits for the answer": {"method": "Hang"},
    "waits for more": {"method": "CountUp", "request": {"to": 2, "then": "hang"}},
    "reads an endless stream": {"method": "CountUp", "request": {"to": 2, "then": "drip"}},
}


def in_phase(phase: str, act: Callable[[dict[str, Any], threading.Event], None]) -> None:
    how = PHASES[phase]
    if "method" in how:
        with Orchard() as orchard:
            act(config(orchard.address, **how), orchard.called)
            assert orchard.left.wait(30)  # the server is told as well
    else:
        with Peer(silent) as peer:
            act(config(local(peer), **how), peer.connected)


@pytest.mark.parametrize("phase", PHASES)
def test_a_deadline_ends_it_while_it(phase: str) -> None:
    def act(how: dict[str, Any], _: threading.Event) -> None:
        started = monotonic()
        with pytest.raises(StepTimedOut) as caught:
            Run(0.6)("grpc_call", **how)
        assert monotonic() - started < 10
        assert caught.value.code == ("connect_timeout" if "tls" in how else "read_timeout")

    in_phase(phase, act)


@pytest.mark.parametrize("phase", PHASES)
def test_an_abort_ends_it_while_it(phase: str) -> None:
    def act(how: dict[str, Any], ready: threading.Event) -> None:
        run = Run(30)
        aborter = run.abort_when(ready)
        with pytest.raises(Aborted) as caught:
            run("grpc_call", **how)
        assert run.abort.at is not None
        assert monotonic() - run.abort.at < 10
        aborter.join()
        assert caught.value.reason == "cancelled"

    in_phase(phase, act)


def test_a_deadline_and_an_abort_end_a_compiler_that_takes_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(slow))
    how = config("127.0.0.1:9", proto=f"{PROTO}\n// {tmp_path}")
    with pytest.raises(StepTimedOut) as caught:
        Run(0.3)("grpc_call", **how)
    assert caught.value.code == "proto"
    run = Run(30)
    aborter = run.abort_when(lambda: bool(run.context.request))
    with pytest.raises(Aborted):
        run("grpc_call", **how)
    aborter.join()
    assert run.abort.at is not None
    assert monotonic() - run.abort.at < 10


def test_a_deadline_and_an_abort_while_the_server_reads_nothing() -> None:
    def not_reading(talk: Conversation) -> None:
        talk.closing.wait(30)

    big = {"id": "x" * 30_000_000}
    with Peer(not_reading) as peer:
        error = failure(local(peer), seconds=1.5, request=big)
        assert isinstance(error, StepTimedOut)
        run = Run(30)
        aborter = run.abort_when(lambda: bool(run.context.request))
        with pytest.raises(Aborted):
            run("grpc_call", **config(local(peer), request=big))
        aborter.join()


def test_a_deadline_and_an_abort_end_a_connect_that_nobody_answers() -> None:
    with black_hole() as port:
        error = failure(f"127.0.0.1:{port}", seconds=0.3)
        assert (error.kind, error.code) == ("timeout", "connect_timeout")
        run = Run(30)
        aborter = run.abort_when(lambda: True)
        with pytest.raises(Aborted):
            run("grpc_call", **config(f"127.0.0.1:{port}"))
        aborter.join()


def test_what_came_before_the_time_was_up_is_kept() -> None:
    with Orchard() as orchard:
        error = failure(orchard.address, "CountUp", seconds=0.6, request={"to": 2, "then": "hang"})
        assert error.partial is not None
        assert [each["value"] for each in error.partial["responses"]] == [1, 2]


def test_the_calls_own_timeout_is_a_status_if_an_assertion_looks_at_it() -> None:
    with Orchard() as orchard:
        how = config(orchard.address, "Hang", timeout="200ms")
        with pytest.raises(StepTimedOut):
            Run(20)("grpc_call", **how)
        result = Run(20, asserted_names=frozenset({"status"}))("grpc_call", **how)
        assert (result["status"], result["status_code"], result["response"]) == ("DEADLINE_EXCEEDED", 4, None)


def test_the_steps_own_time_is_never_a_status() -> None:
    with Orchard() as orchard, pytest.raises(StepTimedOut):
        Run(0.3, asserted_names=frozenset({"status"}))("grpc_call", **config(orchard.address, "Hang"))


def test_an_abort_before_the_start_connects_nowhere() -> None:
    with Orchard() as orchard:
        run = Run()
        run.abort.set("cancelled")
        with pytest.raises(Aborted):
            run("grpc_call", **config(orchard.address))
        assert orchard.calls == []


def test_nothing_is_left_of_many_calls_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    passed: list[str] = []

    def work(address: str) -> None:
        passed.extend(Run()("grpc_call", **config(address))["status"] for _ in range(10))

    with Orchard() as orchard:
        threads = [threading.Thread(target=work, args=(orchard.address,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert passed == ["OK"] * 80
    assert list(tmp_path.iterdir()) == []
