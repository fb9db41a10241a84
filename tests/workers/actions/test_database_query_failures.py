"""database_query against a PostgreSQL with a bad certificate, or an answer that breaks off, drips or has no end."""

import ssl
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import trustme

from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer, Script
from workers.errors import Aborted, StepError

pytestmark = pytest.mark.usefixtures("leaves_nothing")

CANCEL_REQUEST = 80877102
TEXT = 25


def failure(url: str, *, seconds: float = 5) -> StepError:
    with pytest.raises(StepError) as caught:
        Run(seconds)("database_query", connection=url, query="SELECT 1 AS a")
    assert "Traceback" not in caught.value.message
    return caught.value


# --- certificates


Issue = Callable[[trustme.CA], trustme.LeafCert]
CERTIFICATES: dict[str, Issue] = {
    "tls_expired": lambda authority: authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1)),
    "tls_host": lambda authority: authority.issue_cert("elsewhere.example"),
    "tls_untrusted": lambda _: trustme.CA().issue_cert("127.0.0.1"),
}


def over_tls(cert: trustme.LeafCert) -> Script:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(context)

    def script(talk: Conversation) -> None:
        talk.sock.recv(8)  # the request to speak TLS
        talk.send("S")
        with context.wrap_socket(talk.sock, server_side=True) as secure:
            secure.recv(1000)

    return script


@pytest.mark.parametrize("code", CERTIFICATES)
def test_a_certificate_that_is_no_good(code: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with Peer(over_tls(CERTIFICATES[code](authority))) as peer:
        url = f"postgresql://a:hush-hush@127.0.0.1:{peer.port}/db?sslmode=verify-full&sslrootcert={tmp_path}/ca.pem"
        error = failure(url)
    assert (error.kind, error.code) == ("unreachable", code)
    assert f"127.0.0.1:{peer.port}" in error.message
    assert "hush" not in error.message


# --- what answers like PostgreSQL, up to a point


def message(kind: str, body: bytes) -> bytes:
    return kind.encode() + struct.pack("!i", len(body) + 4) + body


READY = message("Z", b"T")
WELCOME = message("R", struct.pack("!i", 0)) + message("K", struct.pack("!ii", 7, 7)) + message("Z", b"I")
ONE_COLUMN = message("T", struct.pack("!h", 1) + b"a\0" + struct.pack("!ihihih", 0, 0, TEXT, -1, -1, 0))
ROW = message("D", struct.pack("!hi", 1, 1) + b"x")
BEGUN = message("C", b"BEGIN\0") + message("C", b"SET\0") + READY
ANSWERING = message("1", b"") + message("2", b"") + ONE_COLUMN + ROW


def like_postgres(answer: Script) -> Script:
    """Lets anybody in, begins a transaction, and answers the query as `answer` does."""

    def script(talk: Conversation) -> None:
        first = talk.sock.recv(1000)
        if len(first) >= 8 and struct.unpack("!i", first[4:8])[0] == CANCEL_REQUEST:
            return
        talk.send(WELCOME)
        talk.sock.recv(1000)
        talk.send(BEGUN)
        talk.sock.recv(1000)
        answer(talk)

    return script


def half_an_answer(talk: Conversation) -> None:
    talk.send(ANSWERING + ROW[:7])
    talk.sock.close()


def reset_in_the_middle(talk: Conversation) -> None:
    talk.send(ANSWERING)
    talk.reset()


def dripping(talk: Conversation) -> None:
    talk.send(ANSWERING + b"D" + struct.pack("!i", 100_000))
    talk.drip()


@pytest.mark.parametrize("answer", [half_an_answer, reset_in_the_middle])
def test_an_answer_that_breaks_off(answer: Script) -> None:
    with Peer(like_postgres(answer)) as peer:
        error = failure(f"postgresql://a:b@127.0.0.1:{peer.port}/db?sslmode=disable")
    assert (error.kind, error.code) == ("unreachable", "reset")
    assert error.message.startswith("The database broke the connection")


def test_an_answer_that_drips_is_ended_by_the_deadline_and_by_an_abort() -> None:
    with Peer(like_postgres(dripping)) as peer:
        url = f"postgresql://a:b@127.0.0.1:{peer.port}/db?sslmode=disable"
        started = monotonic()
        error = failure(url, seconds=0.4)
        assert (error.kind, error.code) == ("timeout", "timeout")
        assert monotonic() - started < 5
        run = Run(30)
        aborter = run.abort_when(peer.connected)
        with pytest.raises(Aborted):
            run("database_query", connection=url, query="SELECT 1 AS a")
        aborter.join()


def test_an_answer_without_an_end_keeps_what_the_step_may_keep_and_ends_with_its_time() -> None:
    def endless(talk: Conversation) -> None:
        talk.send(ANSWERING)
        while not talk.closing.is_set():
            talk.send(ROW * 1000)

    with Peer(like_postgres(endless)) as peer:
        error = failure(f"postgresql://a:b@127.0.0.1:{peer.port}/db?sslmode=disable", seconds=0.5)
    assert error.kind == "timeout"
