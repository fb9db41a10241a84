"""grpc_stream shares its connection with grpc_call; these hold that it fails in the same way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme

from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer, black_hole, free_port
from tests.workers.actions.orchard import PROTO, SERVICE, Orchard
from workers.errors import Aborted, StepError


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """grpcio keeps a few threads and sockets for good from its first call on, on either side."""
    with Orchard() as orchard:
        Run()("grpc_stream", address=orchard.address, method=f"{SERVICE}/CountUp", proto=PROTO, request={"to": 1})


pytestmark = pytest.mark.usefixtures("leaves_nothing")


def config(address: str, **more: Any) -> dict[str, Any]:
    return {"address": address, "service": SERVICE, "method": "CountUp", "proto": PROTO, "request": {"to": 2}, **more}


def failure(address: str, *, seconds: float = 5, **more: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        Run(seconds)("grpc_stream", **config(address, **more))
    assert "Traceback" not in caught.value.message
    return caught.value


def test_nobody_there() -> None:
    refused = failure(f"127.0.0.1:{free_port()}")
    assert (refused.kind, refused.code) == ("unreachable", "refused")
    unknown = failure("no-such-host.invalid:50051")
    assert (unknown.kind, unknown.code) == ("unreachable", "dns")


def test_a_connect_that_nobody_answers() -> None:
    with black_hole() as port:
        error = failure(f"127.0.0.1:{port}", seconds=0.4)
    assert (error.kind, error.code) == ("timeout", "connect_timeout")


def resets(talk: Conversation) -> None:
    talk.sock.recv(1000)
    talk.reset()


def test_a_reset() -> None:
    with Peer(resets) as peer:
        error = failure(f"127.0.0.1:{peer.port}")
    assert (error.kind, error.code) == ("unreachable", "reset")


@pytest.mark.parametrize("code", ["tls_expired", "tls_host", "tls_untrusted"])
def test_a_certificate_that_is_no_good(code: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issuer = trustme.CA() if code == "tls_untrusted" else authority
    host = "elsewhere.example" if code == "tls_host" else "127.0.0.1"
    ends = datetime.now(UTC) + timedelta(days=-1 if code == "tls_expired" else 1)
    cert = issuer.issue_cert(host, not_after=ends)
    chain = b"".join(blob.bytes() for blob in cert.cert_chain_pems)
    with Orchard(tls=grpc.ssl_server_credentials([(cert.private_key_pem.bytes(), chain)])) as orchard:
        error = failure(orchard.address, tls={"ca": str(tmp_path / "ca.pem")})
    assert (error.kind, error.code) == ("unreachable", code)


def test_a_stream_that_falls_silent_or_drips_ends_with_the_deadline_and_an_abort() -> None:
    for then in ("hang", "drip"):
        with Orchard() as orchard:
            error = failure(orchard.address, seconds=0.5, request={"to": 2, "then": then})
            assert (error.kind, error.code) == ("timeout", "read_timeout")
            assert error.partial is not None  # what came before is kept
            run = Run(30)
            aborter = run.abort_when(orchard.called)
            with pytest.raises(Aborted):
                run("grpc_stream", **config(orchard.address, request={"to": 2, "then": then}))
            aborter.join()
