"""kafka_producer and kafka_consumer against all that can go wrong: what is said, how soon, and what is left behind."""

import signal
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import trustme
from confluent_kafka import KafkaError

from cli.embedded.kafka import free_port
from tests.kafka import METADATA, PRODUCE, USER, USER_PASSWORD, Cluster, Relay, tansu
from tests.workers.actions.conftest import Run
from tests.workers.actions.kafka_flow import Late, failure, flow_with, fresh_topic, values, write
from tests.workers.actions.misbehaving import Conversation, Peer, Script, black_hole
from workers.egress import Egress
from workers.errors import Aborted, StepError
from workers.protocols.kafka import session
from workers.protocols.kafka.failures import failure as meaning_of

BOTH: list[tuple[str, dict[str, Any]]] = [("kafka_producer", {"value": "v"}), ("kafka_consumer", {})]
both_actions = pytest.mark.parametrize(("name", "more"), BOTH, ids=[name for name, _ in BOTH])

pytestmark = pytest.mark.usefixtures("leaves_nothing", "leaves_no_native_thread")


@pytest.fixture
def leaves_no_native_thread() -> Iterator[None]:
    """librdkafka's threads are none of Python's."""
    before = native_threads()
    yield
    ends_at = monotonic() + 5
    while native_threads() > before and monotonic() < ends_at:
        threading.Event().wait(0.02)
    assert native_threads() <= before


def native_threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def broker_of(peer: Peer | Relay) -> str:
    return f"127.0.0.1:{peer.port}"


# --- nobody there ---


@both_actions
def test_refused_and_unknown_names(name: str, more: dict[str, Any]) -> None:
    for brokers, code in ((f"127.0.0.1:{free_port()}", "refused"), ("no-such-host.invalid:9092", "dns")):
        error = failure(name, brokers=brokers, topic="t", **more)
        assert (error.kind, error.code) == ("unreachable", code)


@both_actions
def test_the_first_broker_that_is_there_will_do(kafka_brokers: str, name: str, more: dict[str, Any]) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "v")
    brokers = [f"127.0.0.1:{free_port()}", "no-such-host.invalid", kafka_brokers]
    assert Late()(name, brokers=brokers, topic=topic, **more)["duration_ms"] < 5000


@both_actions
def test_egress_rules(kafka_brokers: str, name: str, more: dict[str, Any]) -> None:
    for rule in ("127.0.0.0/8", kafka_brokers):
        run = Run(5, egress=Egress(deny=[rule]))
        error = failure(name, run=run, brokers=kafka_brokers, topic="t", **more)
        assert (error.kind, error.code) == ("config", "egress_denied")


@both_actions
def test_a_cluster_that_names_another_place(tmp_path: Path, name: str, more: dict[str, Any]) -> None:
    elsewhere = free_port()
    with tansu(tmp_path, advertised=elsewhere) as (port, _):
        brokers = f"127.0.0.1:{port}"
        run = Run(5)
        if name == "kafka_consumer":  # the topic must be there; who writes makes it, and then finds nobody
            failure("kafka_producer", brokers=brokers, topic="t", value="v")
        error = failure(name, run=run, brokers=brokers, topic="t", **more)
        assert (error.kind, error.code) == ("unreachable", "refused")
        assert f"The cluster says that its broker is at 127.0.0.1:{elsewhere}" in error.message
        forbidden = Run(5, egress=Egress(deny=[f"127.0.0.1:{elsewhere}"]))
        assert failure(name, run=forbidden, brokers=brokers, topic="t", **more).code == "egress_denied"


# --- what answers is no Kafka, or half of one ---


def half_an_answer(talk: Conversation) -> None:
    talk.sock.recv(1000)
    talk.send(b"\x00\x00\x01\x00\x00\x00")
    talk.sock.close()


def an_http_server(talk: Conversation) -> None:
    talk.sock.recv(1000)
    talk.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def hangs_up(talk: Conversation) -> None:
    talk.reset()


@both_actions
@pytest.mark.parametrize("script", [half_an_answer, an_http_server, hangs_up])
def test_a_peer_that_breaks_off(
    monkeypatch: pytest.MonkeyPatch, script: Script, name: str, more: dict[str, Any]
) -> None:
    monkeypatch.setattr(session, "_BROKEN_SECONDS", 0.2)
    started = monotonic()
    with Peer(script) as peer:
        error = failure(name, seconds=60, brokers=broker_of(peer), topic="t", **more)
    assert (error.kind, error.code) == ("unreachable", "reset")
    assert monotonic() - started < 30


def silent(talk: Conversation) -> None:
    talk.wait()


def dripping(talk: Conversation) -> None:
    talk.sock.recv(1000)
    talk.send(b"\x00\x00\x01\x00")
    talk.drip(b"\x00")


@both_actions
@pytest.mark.parametrize("script", [silent, dripping])
def test_a_deadline_and_an_abort_end_it(script: Script, name: str, more: dict[str, Any]) -> None:
    with Peer(script) as peer:
        started = monotonic()
        error = failure(name, seconds=0.5, brokers=broker_of(peer), topic="t", **more)
        assert (error.kind, error.code) == ("timeout", "read_timeout")
        assert monotonic() - started < 10
        assert_aborts(name, peer.connected, brokers=broker_of(peer), topic="t", **more)


@both_actions
def test_a_deadline_and_an_abort_end_a_connect(name: str, more: dict[str, Any]) -> None:
    with black_hole() as port:
        brokers = f"127.0.0.1:{port}"
        assert failure(name, seconds=0.4, brokers=brokers, topic="t", **more).code == "connect_timeout"
        assert_aborts(name, lambda: True, brokers=brokers, topic="t", **more)


def assert_aborts(name: str, ready: threading.Event | Callable[[], bool], **config: Any) -> Run:
    run = Run(30)
    aborter = run.abort_when(ready)
    with pytest.raises(Aborted):
        run(name, **config)
    assert run.abort.at is not None
    assert monotonic() - run.abort.at < 10
    aborter.join()
    return run


# --- in the middle of it ---


def test_a_waiting_consumer_leaves_at_once_and_keeps_what_came(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "1")
    for group in (None, f"group-of-{topic}"):
        run = Late(30)
        aborter = run.abort_when(lambda: True)
        with pytest.raises(Aborted):
            run("kafka_consumer", brokers=kafka_brokers, topic=topic, count=5, group_id=group)
        assert run.abort.at is not None
        assert monotonic() - run.abort.at < 10
        aborter.join()
        if group is None:
            assert run.context.partial["count"] == 1


def test_a_step_timeout_while_waiting_is_told_with_what_came(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "1")
    run = Late(30)
    aborter = run.abort_when(lambda: True, reason="timeout")
    error = failure("kafka_consumer", run=run, brokers=kafka_brokers, topic=topic, count=5)
    aborter.join()
    assert (error.kind, error.code) == ("timeout", "too_few_messages")
    assert error.partial is not None
    assert values(error.partial) == [1]


def test_a_message_that_nobody_confirms(tmp_path: Path) -> None:
    with Relay(swallow=(PRODUCE,)) as relay, tansu(tmp_path, advertised=relay.port) as (port, _):
        relay.target = port
        config: dict[str, Any] = {"brokers": broker_of(relay), "topic": "t", "value": "v"}
        started = monotonic()
        error = failure("kafka_producer", seconds=1, **config)
        assert (error.kind, error.code) == ("timeout", "unconfirmed")
        assert "may have been written" in error.message
        assert monotonic() - started < 10
        relay.swallowed.clear()
        assert_aborts("kafka_producer", relay.swallowed, **config)


def test_a_broker_that_falls_silent(tmp_path: Path) -> None:
    with Relay(swallow=(METADATA,)) as relay, tansu(tmp_path, advertised=relay.port) as (port, _):
        relay.target = port
        error = failure("kafka_consumer", seconds=1, brokers=broker_of(relay), topic="t")
        assert (error.kind, error.code) == ("timeout", "read_timeout")


def test_a_broker_that_dies_while_a_step_waits(tmp_path: Path) -> None:
    with tansu(tmp_path) as (port, process):
        brokers = f"127.0.0.1:{port}"
        write(brokers, "t", "1")

        class Deadly:
            def judge(self, expression: str, *, over: Any) -> dict[str, Any]:
                process.send_signal(signal.SIGKILL)
                return flow_with().judge(expression, over=over)

        run = Late(3, language=Deadly())
        error = failure("kafka_consumer", run=run, brokers=brokers, topic="t", count=2, filter="true")
    assert (error.kind, error.code) == ("unreachable", "reset")
    assert error.partial is not None
    assert values(error.partial) == [1]


# --- who may ---


@both_actions
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_a_wrong_name_or_password(tmp_path: Path, mechanism: str, name: str, more: dict[str, Any]) -> None:
    sasl = {"mechanism": mechanism, "username": "nobody", "password": "hush-hush"}
    with tansu(tmp_path, wants_names=True) as (port, _):
        started = monotonic()
        run = Run(60)
        error = failure(name, run=run, brokers=f"127.0.0.1:{port}", topic="t", sasl=sasl, **more)
        assert (error.kind, error.code) == ("action", "auth"), error.message
        assert monotonic() - started < 30
    assert "hush" not in error.message
    assert "hush" not in str(run.context.request)
    assert run.context.request["connection"]["username"] == "nobody"


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_a_right_name_and_a_wrong_one(kafka: Cluster, mechanism: str) -> None:
    if not kafka.sasl:
        return  # this broker asks nobody's name
    topic = fresh_topic(kafka.brokers)
    sasl = {"mechanism": mechanism.lower(), "username": USER, "password": USER_PASSWORD}
    config: dict[str, Any] = {"brokers": kafka.sasl, "topic": topic}
    Run()("kafka_producer", **config, sasl=sasl, value="named")
    assert values(Late()("kafka_consumer", **config, sasl=sasl)) == ["named"]
    for name, more in BOTH:
        error = failure(name, **config, sasl={**sasl, "password": "wrong"}, **more)
        assert (error.kind, error.code) == ("action", "auth")


# --- TLS ---


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return authority


def server_context(authority: trustme.CA, name: str = "127.0.0.1", **options: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **options).configure_cert(context)
    return context


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_tls(tmp_path: Path, authority: trustme.CA, host: str) -> None:
    context = server_context(authority, host)
    with Relay(tls=context) as relay, tansu(tmp_path, advertised=relay.port) as (port, _):
        relay.target = port
        # The cluster names itself by its address; by the other name only the first look goes.
        config: dict[str, Any] = {"brokers": f"{host}:{relay.port}", "topic": "t"}
        for tls in ({"verify": False}, *([{"ca": str(tmp_path / "ca.pem")}] if host == "127.0.0.1" else [])):
            Run()("kafka_producer", **config, tls=tls, value="safe")
            assert values(Run(30)("kafka_consumer", **config, tls=tls, from_beginning=True)) == ["safe"]


def test_a_client_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    context = server_context(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    client = authority.issue_cert("client")
    client.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "client.pem"))
    tls = {"ca": str(tmp_path / "ca.pem")}
    with Relay(tls=context) as relay, tansu(tmp_path, advertised=relay.port) as (port, _):
        relay.target = port
        config: dict[str, Any] = {"brokers": broker_of(relay), "topic": "t", "value": "v"}
        Run()("kafka_producer", **config, tls={**tls, "client_cert": str(tmp_path / "client.pem")})
        refused = failure("kafka_producer", **config, tls=tls)
        assert refused.kind == "unreachable"
        assert refused.code in {"tls", "reset"}  # TLS 1.3 refuses after the handshake


def test_apache_over_tls(kafka: Cluster) -> None:
    if not kafka.tls:
        return  # this broker has no such door
    topic = fresh_topic(kafka.brokers)
    config: dict[str, Any] = {"brokers": kafka.tls, "topic": topic, "tls": {"ca": kafka.ca}}
    Run()("kafka_producer", **config, value="safe")
    assert values(Late()("kafka_consumer", **config)) == ["safe"]


@both_actions
def test_certificates_that_are_not_good(tmp_path: Path, authority: trustme.CA, name: str, more: dict[str, Any]) -> None:
    tls = {"ca": str(tmp_path / "ca.pem")}
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for context, settings, code in (
        (server_context(authority), True, "tls_untrusted"),
        (server_context(authority, "elsewhere.example"), tls, "tls_host"),
        (server_context(authority, not_after=yesterday), tls, "tls_expired"),
    ):
        with Peer(silent, tls=context) as peer:
            error = failure(name, brokers=broker_of(peer), topic="t", tls=settings, **more)
        assert (error.kind, error.code) == ("unreachable", code)
    with Peer(an_http_server) as peer:
        error = failure(name, brokers=broker_of(peer), topic="t", tls=True, **more)
    assert (error.kind, error.code) == ("unreachable", "tls")


@both_actions
def test_tls_where_none_is_asked_for(authority: trustme.CA, name: str, more: dict[str, Any]) -> None:
    with Peer(silent, tls=server_context(authority)) as peer:
        error = failure(name, seconds=5, brokers=broker_of(peer), topic="t", **more)
    assert (error.kind, error.code) == ("unreachable", "reset")


def test_files_only_where_they_are_allowed(tmp_path: Path) -> None:
    tls = {"ca": str(tmp_path / "ca.pem")}
    with Peer(silent) as peer:
        config: dict[str, Any] = {"brokers": broker_of(peer), "topic": "t", "value": "v", "tls": tls}
        assert failure("kafka_producer", run=Run(5, local_files=False), **config).code == "local_files"
        assert failure("kafka_producer", **config).code == "no_file"


# --- too much ---


def test_a_message_larger_than_the_broker_takes(kafka: Cluster) -> None:
    if kafka.name != "apache":
        return  # the small one takes anything
    topic = fresh_topic(kafka.brokers)
    error = failure("kafka_producer", brokers=kafka.brokers, topic=topic, value="x" * 2_000_000)
    assert (error.kind, error.code) == ("action", "message_too_large")


def test_more_than_a_step_keeps(kafka_brokers: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.actions.kafka_consumer._MOST_BYTES", 1500)
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "x" * 1000, "x" * 1000)
    error = failure("kafka_consumer", brokers=kafka_brokers, topic=topic, count=2)
    assert (error.kind, error.code) == ("action", "too_large")
    assert error.partial is not None
    assert error.partial["count"] == 1


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, "action", "forbidden"),
        (KafkaError.MSG_SIZE_TOO_LARGE, "action", "message_too_large"),
        (KafkaError.NOT_ENOUGH_REPLICAS, "action", "not_enough_replicas"),
        (KafkaError.INVALID_RECORD, "action", "invalid_record"),
        (KafkaError._RESOLVE, "unreachable", "dns"),
        (KafkaError._INVALID_ARG, "config", "connection"),
        (KafkaError._MSG_TIMED_OUT, "timeout", "read_timeout"),
    ],
)
def test_what_brokers_say(number: int, kind: str, code: str) -> None:
    found: StepError = meaning_of(KafkaError(number), "Kafka at a:1", topic="t")
    assert (found.kind, found.code) == (kind, code)
    assert "Kafka at a:1" in found.message or kind == "config"
