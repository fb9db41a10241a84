"""Send what the outbox of notifications has: on the control queue's threads, never in a run's way.

A target gets ten seconds in all and an answer of a few kilobytes. It is connected to under the egress rules, at every
redirect anew, so that one that leads to a forbidden address is refused as an action would be.
"""

import hashlib
import hmac
import logging
import smtplib
import threading
from email.message import EmailMessage
from time import monotonic, time
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import requests
from django.conf import settings

from flows.encryption import CannotDecrypt
from flows.language import jsontext
from notifications.messages import text_of, title_of
from notifications.models import Delivery, Kind
from notifications.operations.add_cause import add_cause
from notifications.operations.deliver import record_failed, record_sent, take_due_deliveries
from workers.abort import Abort
from workers.egress import Egress
from workers.errors import Aborted, StepError
from workers.protocols.http.session import OneAttempt
from workers.protocols.http.transport import WireTransport
from workers.protocols.tls import TlsSettings
from workers.protocols.wire import Wire

log = logging.getLogger(__name__)

SECONDS: Final = 10.0  # for one try, all in all
MOST_REDIRECTS: Final = 3
AT_ONCE: Final = 20  # in one task
ANSWER_SHOWN: Final = 200  # characters

_busy = threading.Lock()


class NotDelivered(Exception):
    """It did not arrive; `is_hopeless` if no other try will change that."""

    def __init__(self, why: str, *, is_hopeless: bool = False) -> None:
        super().__init__(why)
        self.is_hopeless = is_hopeless


def deliver_due(egress: Egress, *, most: int = AT_ONCE) -> int:
    """Try deliveries that are due, one after another, in one thread of a process at most: targets that hang must not
    take the threads of steps. How many were tried.
    """
    tried = 0
    if not _busy.acquire(blocking=False):
        return tried
    try:
        while tried < most and (taken := take_due_deliveries()):
            deliver(taken[0], egress)
            tried += 1
    finally:
        _busy.release()
    return tried


def deliver(delivery: Delivery, egress: Egress) -> None:
    """One try, written down whatever came of it."""
    _explain(delivery)
    try:
        answer = _send_email(delivery) if delivery.target.kind == Kind.EMAIL else _post(delivery, egress)
    except NotDelivered as exc:
        record_failed(delivery, str(exc), is_hopeless=exc.is_hopeless)
    except CannotDecrypt as exc:
        record_failed(delivery, str(exc), is_hopeless=True)
    except Exception:
        log.exception("delivery %s broke", delivery.pk)
        record_failed(delivery, "Stepwell itself could not send it; the worker's log has the details.")
    else:
        record_sent(delivery, answer)


def _explain(delivery: Delivery) -> None:
    """A message without its likely cause is better than none."""
    try:
        add_cause(delivery)
    except Exception:
        log.exception("the cause of delivery %s could not be found", delivery.pk)


def _post(delivery: Delivery, egress: Egress) -> str:
    target = delivery.target
    body, headers = _content(delivery, int(time()))
    with Wire(abort=Abort(), deadline=monotonic() + SECONDS, egress=egress) as wire:
        transport = WireTransport(wire, TlsSettings(), local_files=False)
        with OneAttempt(transport, ("Stepwell-Signature",)) as session:
            try:
                request = session.prepare(requests.Request("POST", target.address, data=body, headers=headers))
                answer = session.exchange(request, max_redirects=MOST_REDIRECTS)[-1]
            except StepError as exc:
                # The address is a secret, and an error may quote it.
                why = exc.message.replace(target.address, target.hint)
                raise NotDelivered(why, is_hopeless=exc.code == "egress_denied") from exc
            except Aborted as exc:
                raise NotDelivered("It was broken off.") from exc
    said = f"{answer.status_code} {answer.reason or ''}".strip()
    if 200 <= answer.status_code < 300:
        return said
    text = answer.content[: 4 * ANSWER_SHOWN].decode("utf-8", "replace")[:ANSWER_SHOWN].replace("\0", "␀")
    raise NotDelivered(f"{said}: {text}" if text else said, is_hopeless=answer.status_code in {404, 410})


def _content(delivery: Delivery, now: int) -> tuple[bytes, dict[str, str]]:
    """Body and headers. A webhook's receiver checks the signature over the time and the body."""
    headers = {"Content-Type": "application/json", "User-Agent": "Stepwell"}
    if delivery.target.kind == Kind.SLACK:
        return jsontext.dumps({"text": text_of(delivery.message)}).encode(), headers
    facts: dict[str, Any] = {**delivery.message, "delivery": delivery.pk, "text": text_of(delivery.message)}
    body = jsontext.dumps(facts).encode()
    signature = hmac.new(delivery.target.key, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    headers |= {
        "Stepwell-Delivery": str(delivery.pk),
        "Stepwell-Timestamp": str(now),
        "Stepwell-Signature": f"v1={signature}",
    }
    return body, headers


def _send_email(delivery: Delivery) -> str:
    if not settings.SMTP_URL:
        raise NotDelivered("STEPWELL_SMTP_URL is not set: this server sends no e-mail.", is_hopeless=True)
    url = urlsplit(settings.SMTP_URL)
    mail = EmailMessage()
    mail["Subject"] = title_of(delivery.message)[:200].replace("\n", " ")
    mail["From"], mail["To"] = settings.MAIL_FROM, delivery.target.address
    mail["Message-ID"] = f"<stepwell-delivery-{delivery.pk}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"
    mail.set_content(text_of(delivery.message))
    make = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    try:
        with make(url.hostname or "", url.port or (465 if url.scheme == "smtps" else 25), timeout=SECONDS) as server:
            if url.scheme == "smtp+starttls":
                server.starttls()
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as exc:
        raise NotDelivered("The mail server refused the address.", is_hopeless=True) from exc
    except (smtplib.SMTPException, OSError) as exc:
        raise NotDelivered(f"The mail server could not take it: {type(exc).__name__}.") from exc
    return "taken by the mail server"
