"""One attempt's way to a cluster: a first look over a Wire, then librdkafka, which never outlives the attempt.

librdkafka resolves and connects by itself and answers to nobody's deadline. So every address it will use is asked of
the egress rules and tried over a Wire before it may: that also says exactly what is wrong with one (dns, tls_…).
Whatever blocks is called in slices short enough for an abort. What that cannot catch is in docs/decisions/016.
"""

import contextlib
import logging
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar

import certifi
from confluent_kafka import KafkaError, KafkaException

from workers.actions.base import StepContext
from workers.errors import StepError, StepMisconfigured, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.kafka.failures import AUTH, LOST, NO_TOPIC, WAITING, failure
from workers.protocols.kafka.target import Address, KafkaTarget, shown
from workers.protocols.tls import TlsSettings, tls_context
from workers.protocols.wire import Wire

log = logging.getLogger(__name__)
T = TypeVar("T")

_FIRST_SLICE, _LONGEST_SLICE = 0.2, 0.8  # seconds a call may block; an answer takes as long as the cluster is far
_CLOSE_SECONDS = 1.0
_BROKEN_SECONDS = 1.0  # a connection that opens and breaks is tried so long: librdkafka tells only the first break
_MOST_TRIED = 5  # leaders that are connected to before librdkafka does; of the others only the rules are asked
_SYSTEM_CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class KafkaSession:
    """A producer or consumer, and what went wrong with it. Leaving ends librdkafka's threads."""

    def __init__(self, target: KafkaTarget, context: StepContext, *, until: float | None = None) -> None:
        self.target, self.context = target, context
        self.where = f"Kafka at {target.service}"
        self.until = context.deadline if until is None else min(until, context.deadline)
        self.client: Any = None  # confluent_kafka carries no types
        self.trouble: KafkaError | None = None  # the latest break of a connection
        self._broken_at: float | None = None  # since the last answer
        self._fatal: StepError | None = None
        self._looked_at: set[Address] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(patience=_CLOSE_SECONDS if kind is None else 0.2)

    @property
    def left(self) -> float:
        """Seconds, never below zero."""
        return max(0.0, self.until - monotonic())

    def open(self, make: Callable[[dict[str, Any]], Any], **options: Any) -> None:
        """Look at the brokers, then make the client of what `options` add. Raises StepError or Aborted."""
        with self._wire() as wire:
            bootstrap, family = self._first_that_answers(wire)
            settings = {**self._settings(bootstrap, family), **options}
            settings.update(error_cb=self._heard, logger=_QUIET)
            try:
                self.client = make(settings)
            except KafkaException as exc:
                raise failure(exc.args[0], self.where) from exc

    def topic(self, name: str, *, patience: float) -> Any:
        """The topic's metadata, once it exists and has leaders. Raises TargetRefused after `patience` seconds without.

        Every leader has passed the egress rules and can be reached.
        """
        until = monotonic() + min(patience, self.left)
        topic = None
        while True:
            try:
                found = self.ask(lambda seconds: self.client.list_topics(name, timeout=seconds), "describing the topic")
            except StepTimedOut:
                if topic is None:
                    raise
                raise self._no_topic(topic, name) from None
            topic = found.topics[name]
            if topic.error is None and topic.partitions and all(p.leader >= 0 for p in topic.partitions.values()):
                self._look_at_brokers(found, topic)
                return topic
            if topic.error is not None and topic.error.name() not in NO_TOPIC | WAITING:
                raise failure(topic.error, self.where, topic=name)
            if monotonic() >= until:
                raise self._no_topic(topic, name)
            self.context.abort.wait(min(0.1, max(0.001, until - monotonic())))

    def ask(self, call: Callable[[float], T], doing: str) -> T:
        """`call(seconds)`, which blocks, again and again in slices until it answers.

        Raises StepTimedOut, Aborted, or what the brokers say for good.
        """
        slice_seconds = _FIRST_SLICE
        while True:
            self.check(doing)
            try:
                found = call(max(0.01, min(slice_seconds, self.left)))
            except KafkaException as exc:
                self._serve()
                self.check(doing, is_new=True)
                if exc.args[0].name() not in WAITING:
                    raise failure(exc.args[0], self.where) from exc
                self.context.abort.wait(0.01)
            else:
                self._broken_at = None
                return found
            slice_seconds = min(slice_seconds * 2, _LONGEST_SLICE)

    def check(self, doing: str, *, is_new: bool = False) -> None:
        """Raises Aborted, what is wrong for good, or StepTimedOut; for a new connection also that it breaks at once."""
        self.check_alive()
        if is_new and self.trouble is not None and self._is_broken_for_good:
            raise failure(self.trouble, self.where)
        if self.left <= 0:
            if self.trouble is not None:
                raise failure(self.trouble, self.where)
            raise StepTimedOut(f"The time was up while {doing} at {self.where}", code="read_timeout")

    def check_alive(self) -> None:
        """Raises Aborted, or what is wrong for good."""
        self.context.abort.check()
        if self._fatal is not None:
            raise self._fatal

    @property
    def _is_broken_for_good(self) -> bool:
        return self._broken_at is not None and monotonic() - self._broken_at > _BROKEN_SECONDS

    def is_lost(self) -> bool:
        """Whether a connection broke, and no broker answers now."""
        self._serve()
        if self.trouble is None:
            return False
        try:
            self.client.list_topics(timeout=0.3)
        except KafkaException:
            return True
        return False

    def close(self, *, patience: float) -> None:
        """End the client. It is left to end by itself where that takes longer: a resolver that hangs, a group."""
        client, self.client = self.client, None
        if client is None:
            return
        box = [client]
        del client
        closing = threading.Thread(target=self._end, args=(box,), name="kafka-close", daemon=True)
        closing.start()
        closing.join(patience)
        if closing.is_alive():
            log.info("%s: the client is still closing", self.where)

    def _end(self, box: list[Any]) -> None:
        try:
            self.end_client(box[0])
        except (KafkaException, RuntimeError) as exc:
            log.debug("%s: closing: %s", self.where, exc)
        box.clear()  # the last reference: librdkafka's threads end here

    def end_client(self, client: Any) -> None:
        """What the kind of client needs before it is let go."""

    # what librdkafka tells

    def _serve(self) -> None:
        """Let librdkafka call back."""
        if self.client is not None:
            self.client.poll(0)

    def _heard(self, error: KafkaError) -> None:
        name = error.name()
        if name in AUTH or name == "_SSL" or error.fatal():
            self._fatal = self._fatal or failure(error, self.where)
        elif name in LOST:
            self._broken_at = self._broken_at or monotonic()
            if self.trouble is None or name != "_ALL_BROKERS_DOWN":  # the earlier one says more
                self.trouble = error
        else:
            log.debug("%s: %s", self.where, error)

    def _no_topic(self, topic: Any, name: str) -> StepError:
        if topic.error is not None and topic.error.name() in NO_TOPIC:
            return TargetRefused(f"{self.where} has no topic {name}", code="unknown_topic")
        return TargetUnreachable(f"{self.where} has no leader for every partition of {name}", code="no_leader")

    # the first look

    def _wire(self) -> Wire:
        return Wire(abort=self.context.abort, deadline=self.until, egress=self.context.egress)

    def _first_that_answers(self, wire: Wire) -> tuple[str, socket.AddressFamily]:
        refusal: StepError | None = None
        for position, address in enumerate(self.target.brokers):
            left = wire.time_left(doing=f"connecting to {shown(address)}", code="connect_timeout")
            try:
                with self._deadline(wire, monotonic() + left / (len(self.target.brokers) - position)):
                    return self._try(wire, address)
            except StepMisconfigured:
                raise
            except (TargetUnreachable, StepTimedOut) as exc:
                refusal = refusal or exc
        assert refusal is not None  # a target has a broker
        raise refusal

    def _try(self, wire: Wire, address: Address) -> tuple[str, socket.AddressFamily]:
        """Connect, shake hands, leave. Returns the address librdkafka shall use."""
        host, port = address
        plain = wire.connect(host, port)
        peer, family = str(plain.getpeername()[0]), plain.family
        sock: socket.socket = plain
        try:
            if self.target.tls is not None:
                context = tls_context(self.target.tls, local_files=self.context.local_files)
                sock = wire.secure(plain, context, host)
        finally:
            sock.close()
        self._looked_at |= {address, (peer, port)}
        # A certificate is for a name; without one the address that was checked is the one that is used.
        by_name = self.target.tls is not None and self.target.tls.verify
        return shown((host if by_name else peer, port)), socket.AddressFamily(family)

    def _look_at_brokers(self, metadata: Any, topic: Any) -> None:
        """A cluster tells its clients where to connect: those places must obey the rules as well."""
        leaders = {partition.leader for partition in topic.partitions.values()}
        addresses = {(broker.host, broker.port): broker.id in leaders for broker in metadata.brokers.values()}
        new = sorted(addresses.keys() - self._looked_at, key=lambda address: not addresses[address])
        with self._wire() as wire:
            for position, (host, port) in enumerate(new):
                try:
                    wire.egress.check_host(host, port)
                    if addresses[host, port] and position < _MOST_TRIED:
                        wire.connect(host, port).close()
                    elif addresses[host, port]:
                        for _family, address in wire.resolve(host, port):
                            wire.egress.check_address(str(address[0]), port, host=host)
                except (TargetUnreachable, StepTimedOut, StepMisconfigured) as exc:
                    message = f"The cluster says that its broker is at {shown((host, port))}. {exc.message}"
                    raise type(exc)(message, code=exc.code) from exc
        self._looked_at |= set(new)

    @staticmethod
    @contextlib.contextmanager
    def _deadline(wire: Wire, until: float) -> Iterator[None]:
        whole, wire.deadline = wire.deadline, min(until, wire.deadline)
        try:
            yield
        finally:
            wire.deadline = whole

    def _settings(self, bootstrap: str, family: socket.AddressFamily) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "bootstrap.servers": bootstrap,
            "broker.address.family": "v6" if family == socket.AF_INET6 else "v4",
            "client.id": "stepwell",
            "security.protocol": self.target.security,
            "socket.nagle.disable": True,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 1000,
            "retry.backoff.ms": 50,
            "log_level": 3,
        }
        if self.target.sasl is not None:
            sasl = self.target.sasl
            settings |= {"sasl.mechanism": sasl.mechanism, "sasl.username": sasl.username}
            settings["sasl.password"] = sasl.password
        if self.target.tls is not None:
            settings |= _tls_settings(self.target.tls)
        return settings


def _tls_settings(tls: TlsSettings) -> dict[str, Any]:
    settings: dict[str, Any] = {"enable.ssl.certificate.verification": tls.verify}
    if not tls.verify:
        settings["ssl.endpoint.identification.algorithm"] = "none"
    else:
        settings["ssl.ca.location"] = tls.ca or _system_certificates()
    if tls.client_cert:
        settings["ssl.certificate.location"] = tls.client_cert
        settings["ssl.key.location"] = tls.client_key or tls.client_cert
    return settings


def _system_certificates() -> str:
    """The file of what this machine trusts: librdkafka has an OpenSSL of its own, which does not know where it is."""
    places = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *_SYSTEM_CERTIFICATES)
    return next((place for place in places if place and Path(place).is_file()), certifi.where())


class _Quiet:
    """Takes librdkafka's own log: what matters in it comes as an error as well."""

    def log(self, _level: int, message: str, *words: Any) -> None:
        log.debug(message, *words)


_QUIET = _Quiet()
