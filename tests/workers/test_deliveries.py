"""Sending notifications: signed, bounded in time, tried again, never to where no flow may connect."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from notifications.messages import message_of
from notifications.models import Delivery, DeliveryStatus, Kind, Occasion, Target
from notifications.operations.create_target import create_target
from notifications.operations.deliver import BACK_OFF, MOST_TRIES
from notifications.operations.write_test import write_test
from tests.analytics.history import history
from tests.cast import make_workspace
from workers import deliveries
from workers.deliveries import deliver_due
from workers.egress import Egress

pytestmark = pytest.mark.django_db
Respond = Callable[[BaseHTTPRequestHandler], None]


class Receiver:
    """A server that answers as `respond` says, and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.respond: Respond = lambda handler: answer(handler, 200)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.got.append((dict(self.headers), body))
                receiver.respond(self)

            do_GET = do_POST  # noqa: N815 - a name the base class looks for

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/T0/s3cr3t-part"


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"ok", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with serving(made.http):
        yield made


@contextmanager
def serving(http: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def written(address: str, kind: Kind = Kind.WEBHOOK) -> tuple[Delivery, Target, str]:
    target, key = create_target(workspace=make_workspace(), name="ops", kind=kind, address=address, by=None)
    return write_test(target=target, by=None, actor="bob"), target, key


def after(delivery: Delivery, egress: Egress | None = None) -> Delivery:
    assert deliver_due(egress or Egress()) == 1
    delivery.refresh_from_db()
    return delivery


def test_a_webhook_is_signed_over_its_time_and_body(receiver: Receiver) -> None:
    delivery, _, key = written(receiver.url)
    sent = after(delivery)
    assert (sent.status, sent.answer, sent.tries) == (DeliveryStatus.SENT, "200 OK", 1)
    ((headers, body),) = receiver.got
    expected = hmac.new(key.encode(), f"{headers['Stepwell-Timestamp']}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Stepwell-Signature"] == f"v1={expected}"
    assert json.loads(body)["event"] == "test"
    assert deliver_due(Egress()) == 0


def of_a_failure(receiver: Receiver) -> Delivery:
    """Of the fourth run of a step, the first that failed, with what the database said."""
    past = history()
    past.play("PPP")
    failed = past.run("F", failure_kind="action", failure_code="sqlstate_23505", message="There is one already.")
    target, _ = create_target(workspace=past.workspace, name="ops", kind=Kind.SLACK, address=receiver.url, by=None)
    return Delivery.objects.create(
        workspace=past.workspace, target=target, execution=failed, occasion=Occasion.FAILURE,
        message=message_of(failed, Occasion.FAILURE),
    )  # fmt: skip


def test_a_failure_is_told_with_its_likely_cause(receiver: Receiver) -> None:
    sent = after(of_a_failure(receiver))
    assert sent.message["cause"] == {
        "category": "data",
        "confidence": "high",
        "or": None,
        "next": "Remove the row an earlier run left behind, or make steps/one's input unique for each run.",
    }
    said = json.loads(receiver.got[0][1])["text"]
    assert "\nLikely cause: data, high confidence. Next: Remove the row an earlier run left behind" in said


def test_a_cause_that_cannot_be_found_holds_no_message_back(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(_delivery: Delivery) -> None:
        raise RuntimeError("rules are broken")

    monkeypatch.setattr(deliveries, "add_cause", break_down)
    assert after(of_a_failure(receiver)).status == DeliveryStatus.SENT
    assert "could not be found" in caplog.text


def test_slack_gets_a_text(receiver: Receiver) -> None:
    delivery, _, _ = written(receiver.url, Kind.SLACK)
    assert after(delivery).status == DeliveryStatus.SENT
    headers, body = receiver.got[0]
    assert json.loads(body)["text"].startswith("bob tries the notification target ops")
    assert "Stepwell-Signature" not in headers


def test_a_server_that_fails_is_tried_again_later_and_given_up_in_the_end(receiver: Receiver) -> None:
    receiver.respond = lambda handler: answer(handler, 500, b"out of \x00 order")
    delivery, _, _ = written(receiver.url)
    for tries in range(1, MOST_TRIES):
        before = delivery.due_at
        delivery = after(delivery)
        assert (delivery.status, delivery.tries) == (DeliveryStatus.PENDING, tries)
        assert delivery.due_at >= before + timedelta(seconds=BACK_OFF[tries - 1])
        assert deliver_due(Egress()) == 0  # not yet
        Delivery.objects.update(due_at=before)
        delivery.due_at = before
    delivery = after(delivery)
    assert (delivery.status, delivery.tries) == (DeliveryStatus.FAILED, MOST_TRIES)
    assert delivery.answer == "500 Internal Server Error: out of ␀ order"


def test_one_that_refuses_or_cannot_be_reached_is_written_down_without_its_address() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        delivery, _, _ = written(f"http://127.0.0.1:{closed.getsockname()[1]}/T0/s3cr3t-part")
        delivery = after(delivery)
    assert delivery.status == DeliveryStatus.PENDING
    assert delivery.answer
    assert "s3cr3t" not in delivery.answer


def test_one_that_is_gone_for_good_is_not_tried_again(receiver: Receiver) -> None:
    receiver.respond = lambda handler: answer(handler, 410)
    delivery, _, _ = written(receiver.url)
    assert after(delivery).status == DeliveryStatus.FAILED


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_one_that_hangs_is_left_when_its_time_is_up(
    receiver: Receiver, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(deliveries, "SECONDS", 0.3)

    def respond(handler: BaseHTTPRequestHandler) -> None:
        if how == "drips":
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
            while not over.wait(0.05):
                handler.wfile.write(b".")
                handler.wfile.flush()
        over.wait(60)

    receiver.respond = respond
    delivery, _, _ = written(receiver.url)
    try:
        delivery = after(delivery)
    finally:
        over.set()
    assert delivery.status == DeliveryStatus.PENDING
    assert delivery.answer


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest/meta-data/", "http://10.1.2.3/", "http://metadata.google.internal/"]
)
def test_a_redirect_to_a_forbidden_address_is_refused(receiver: Receiver, to: str) -> None:
    receiver.respond = lambda handler: answer(handler, 307, Location=to)
    delivery, _, _ = written(receiver.url)
    delivery = after(delivery, Egress(deny=["10.0.0.0/8"]))
    assert delivery.status == DeliveryStatus.FAILED
    assert len(receiver.got) == 1
    assert any(word in delivery.answer for word in ("denied", "metadata"))


def test_a_target_itself_is_under_the_egress_rules(receiver: Receiver) -> None:
    delivery, _, _ = written(receiver.url)
    assert after(delivery, Egress(deny=["127.0.0.0/8"])).status == DeliveryStatus.FAILED
    assert receiver.got == []


def test_redirects_come_to_an_end(receiver: Receiver) -> None:
    receiver.respond = lambda handler: answer(handler, 307, Location=receiver.url)
    delivery, _, _ = written(receiver.url)
    assert "Redirected more than 3 times" in after(delivery).answer
    assert len(receiver.got) == 4


def test_without_a_mail_server_an_e_mail_says_so() -> None:
    delivery, _, _ = written("ops@example.org", Kind.EMAIL)
    assert (after(delivery).status, "STEPWELL_SMTP_URL" in delivery.answer) == (DeliveryStatus.FAILED, True)


def test_an_e_mail_is_taken_by_the_mail_server(settings: Any) -> None:
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_smtp, args=(listening, got), daemon=True)
        thread.start()
        settings.SMTP_URL = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        delivery, _, _ = written("ops@example.org", Kind.EMAIL)
        assert after(delivery).status == DeliveryStatus.SENT
        thread.join(10)
    assert b"To: ops@example.org" in got[0]
    assert b"Subject: Stepwell: a test from" in got[0]


def _smtp(listening: socket.socket, got: list[bytes]) -> None:
    """As little of RFC 5321 as one message needs."""
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 ready\r\n")
        for line in lines:
            word = line[:4].upper()
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                text = b""
                while (part := lines.readline()) != b".\r\n":
                    text += part
                got.append(text)
            connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return
