"""Every Redis action against each way in which the other side can fail: one table of peers, four actions."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer, Script, black_hole, free_port
from workers.errors import StepError

pytestmark = pytest.mark.usefixtures("leaves_nothing")

ACTIONS: dict[str, dict[str, Any]] = {
    "redis_get": {},
    "redis_set": {"value": "v"},
    "redis_del": {},
    "redis_exists": {},
}
every_action = pytest.mark.parametrize("name", ACTIONS)


def failure(name: str, *, seconds: float = 5, **config: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        Run(seconds)(name, key="k", **ACTIONS[name], **config)
    assert "Traceback" not in caught.value.message
    return caught.value


def replying(reply: str) -> Script:
    def script(talk: Conversation) -> None:
        talk.sock.recv(10_000)
        talk.send(reply)
        talk.wait()

    return script


def half_an_answer(talk: Conversation) -> None:
    talk.sock.recv(10_000)
    talk.send("$100\r\nhalf")
    talk.sock.close()


def resets(talk: Conversation) -> None:
    talk.sock.recv(10_000)
    talk.reset()


@every_action
def test_nothing_listens(name: str) -> None:
    port = free_port()
    error = failure(name, url=f"redis://127.0.0.1:{port}")
    assert (error.kind, error.code) == ("unreachable", "refused")
    assert f"127.0.0.1:{port}" in error.message


@every_action
def test_an_unknown_name(name: str) -> None:
    error = failure(name, url="redis://no-such-host.invalid")
    assert (error.kind, error.code) == ("unreachable", "dns")
    assert "no-such-host.invalid" in error.message


@every_action
def test_a_connect_that_nobody_answers(name: str) -> None:
    with black_hole() as port:
        error = failure(name, seconds=0.3, url=f"redis://127.0.0.1:{port}")
    assert (error.kind, error.code) == ("timeout", "connect_timeout")


@every_action
@pytest.mark.parametrize("script", [resets, half_an_answer])
def test_a_server_that_breaks_off(script: Script, name: str) -> None:
    with Peer(script) as peer:
        error = failure(name, url=f"redis://127.0.0.1:{peer.port}")
    assert (error.kind, error.code) == ("unreachable", "reset")
    assert f"Redis at 127.0.0.1:{peer.port}" in error.message


@every_action
@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        ("-ERR something else\r\n", "action", "redis_error"),
        ("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n", "action", "wrongtype"),
    ],
)
def test_a_refusal(reply: str, kind: str, code: str, name: str) -> None:
    with Peer(replying(reply)) as peer:
        error = failure(name, url=f"redis://127.0.0.1:{peer.port}")
    assert (error.kind, error.code) == (kind, code)
    assert reply[1:-2].removeprefix("-").removeprefix("ERR ") in error.message


@every_action
def test_a_wrong_password(name: str) -> None:
    refused = replying("-WRONGPASS invalid username-password pair or user is disabled.\r\n")
    with Peer(refused) as peer:
        error = failure(name, url=f"redis://someone:hush-hush@127.0.0.1:{peer.port}")
    assert (error.kind, error.code) == ("action", "wrongpass")
    assert "hush" not in error.message


def serving(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)
    return context


Issue = Callable[[trustme.CA], trustme.LeafCert]
CERTIFICATES: dict[str, Issue] = {
    "tls_expired": lambda authority: authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1)),
    "tls_host": lambda authority: authority.issue_cert("elsewhere.example"),
    "tls_untrusted": lambda _: trustme.CA().issue_cert("127.0.0.1"),
}


@every_action
@pytest.mark.parametrize("code", CERTIFICATES)
def test_a_certificate_that_is_no_good(code: str, name: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with Peer(replying("+OK\r\n"), tls=serving(CERTIFICATES[code](authority))) as peer:
        error = failure(name, url=f"rediss://127.0.0.1:{peer.port}", tls={"ca": str(tmp_path / "ca.pem")})
    assert (error.kind, error.code) == ("unreachable", code)


def test_a_value_too_large_to_read_is_never_asked_for() -> None:
    asked: list[bytes] = []

    def script(talk: Conversation) -> None:
        for reply in ("+string\r\n", ":99999999999\r\n:-1\r\n"):
            asked.append(talk.sock.recv(10_000))
            talk.send(reply)
        asked.append(talk.sock.recv(10_000))

    with Peer(script) as peer:
        error = failure("redis_get", url=f"redis://127.0.0.1:{peer.port}")
    assert (error.kind, error.code) == ("action", "too_large")
    assert error.message == "The key k holds 99999999999 bytes, too many to read"
    assert not any(b"\r\nGET\r\n" in one for one in asked)
