"""Where actions may connect to."""

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer
from workers.egress import Egress, Protected, Rule
from workers.errors import StepMisconfigured


def is_denied(egress: Egress, host: str, port: int, *, resolved: str | None = None, **more: Any) -> bool:
    try:
        egress.check_host(host, port, **more)
        if resolved:
            egress.check_address(resolved, port, host=host, **more)
    except StepMisconfigured as exc:
        return exc.code == "egress_denied"
    return False


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "169.254.170.2", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254",
        "fe80::1%eth0",
        "metadata.google.internal", "Metadata.Google.Internal.", "metadata", "100.100.100.200", "[fd00:ec2::254]",
    ],
)  # fmt: skip
def test_cloud_metadata_is_always_denied(host: str) -> None:
    assert is_denied(Egress(), host, 80)
    assert is_denied(Egress(allow=["*"]), host, 80)


def test_a_name_that_resolves_to_metadata_is_denied() -> None:
    assert is_denied(Egress(), "innocent.example", 80, resolved="169.254.169.254")
    assert not is_denied(Egress(), "innocent.example", 80, resolved="93.184.216.34")


def test_without_rules_everything_else_is_open() -> None:
    for host in ("127.0.0.1", "localhost", "10.1.2.3", "example.com"):
        assert not is_denied(Egress(), host, 5432, resolved="127.0.0.1")


@pytest.mark.parametrize(
    ("rule", "host", "port", "address", "matches"),
    [
        ("api.shop", "api.shop", 80, "1.2.3.4", True),
        ("API.shop.", "api.SHOP", 80, "1.2.3.4", True),
        ("api.shop", "xapi.shop", 80, "1.2.3.4", False),
        ("*.shop", "api.shop", 80, "1.2.3.4", True),
        ("*.shop", "shop", 80, "1.2.3.4", True),
        ("*.shop", "workshop", 80, "1.2.3.4", False),
        ("10.0.0.0/8", "x", 80, "10.9.9.9", True),
        ("10.0.0.0/8", "x", 80, "11.9.9.9", False),
        ("10.0.0.0/8", "x", 80, "::ffff:10.1.1.1", True),
        ("10.0.0.5:5432", "x", 5432, "10.0.0.5", True),
        ("10.0.0.5:5432", "x", 5433, "10.0.0.5", False),
        ("[fd00::1]:443", "x", 443, "fd00::1", True),
        ("fd00::/8", "x", 443, "fd12::1", True),
        ("*:443", "x", 443, "1.2.3.4", True),
        ("*:443", "x", 80, "1.2.3.4", False),
    ],
)
def test_rules(rule: str, host: str, port: int, address: str, matches: bool) -> None:
    assert is_denied(Egress(deny=[rule]), host, port, resolved=address) is matches
    assert is_denied(Egress(allow=[rule]), host, port, resolved=address) is not matches


def test_denying_wins_over_allowing() -> None:
    egress = Egress(allow=["*.shop"], deny=["db.shop:5432"])
    assert not is_denied(egress, "db.shop", 80, resolved="10.0.0.1")
    assert is_denied(egress, "db.shop", 5432, resolved="10.0.0.1")


@pytest.mark.parametrize("text", ["", "host:port", "a/b", "host:0", "10.0.0.0/99"])
def test_a_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|which is"):
        Rule(text)


def test_the_products_own_endpoints_are_denied_under_every_name() -> None:
    egress = Egress(allow=["*"], protected=[Protected(host="localhost", port=6379)])
    for host, address in (
        ("localhost", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
        ("rebound.example", "127.0.0.2"),
        ("h", "::1"),
        ("h", "0.0.0.0"),
    ):
        assert is_denied(egress, host, 6379, resolved=address)
    assert not is_denied(egress, "localhost", 6380, resolved="127.0.0.1")
    assert not is_denied(egress, "cache", 6379, resolved="10.0.0.1")
    remote = Egress(protected=[Protected(host="db.internal", port=5432)])
    assert is_denied(remote, "DB.internal", 5432, resolved="10.0.0.1")


def test_the_products_own_host_is_denied_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {ipaddress.ip_address("172.18.0.2")}
    monkeypatch.setattr("workers.egress._addresses_of", lambda host, when: own)
    egress = Egress(protected=[Protected(host="postgres", port=5432)])
    assert is_denied(egress, "172.18.0.2", 5432)
    assert not is_denied(egress, "172.18.0.3", 5432)


def test_every_address_of_this_machine_is_this_machine() -> None:
    mine = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)}
    egress = Egress(protected=[Protected(host="127.0.0.1", port=6379)])
    for address in mine:
        assert is_denied(egress, address, 6379)


def test_a_shared_server_is_open_for_other_databases() -> None:
    egress = Egress(protected=[Protected(host="10.0.0.1", port=5432, database="stepwell")])
    assert is_denied(egress, "db", 5432, resolved="10.0.0.1", database="stepwell")
    assert not is_denied(egress, "db", 5432, resolved="10.0.0.1", database="shop")
    assert is_denied(egress, "db", 5432, resolved="10.0.0.1")  # by HTTP or Redis nobody can tell


def test_the_products_own_sockets_are_denied(tmp_path: Path) -> None:
    own = tmp_path / "run" / ".s.PGSQL.5432"
    own.parent.mkdir()
    (tmp_path / "link").symlink_to(own.parent)
    egress = Egress(protected=[Protected(socket=str(own))])
    for path in (own, tmp_path / "link" / ".s.PGSQL.5432", own.parent):
        with pytest.raises(StepMisconfigured, match="belongs to Stepwell"):
            egress.check_socket(str(path))
    egress.check_socket(str(tmp_path / "other.sock"))


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that says one thing when it is checked and another when it is used gains nothing: it is asked once."""

    def ok(talk: Conversation) -> None:
        talk.request()
        talk.respond(200)

    with Peer(ok) as peer:
        answers = iter(["127.0.0.1", "169.254.169.254"])
        monkeypatch.setattr(
            "workers.protocols.wire._look_up", lambda host, port: [(socket.AF_INET, (next(answers), port))]
        )
        run = Run(egress=Egress(allow=["127.0.0.0/8"]))
        assert run("http_request", url=f"http://rebinding.example:{peer.port}/")["status"] == 200
        with pytest.raises(StepMisconfigured):
            run("http_request", url=f"http://rebinding.example:{peer.port}/")


def test_a_proxy_is_a_target_too() -> None:
    with Peer(lambda talk: talk.wait()) as proxy:
        run = Run(egress=Egress(deny=[f"127.0.0.1:{proxy.port}"]))
        with pytest.raises(StepMisconfigured) as caught:
            run("http_request", url="http://allowed.example/", proxy=proxy.url)
    assert caught.value.code == "egress_denied"


def test_a_proxy_does_not_help_to_what_is_denied_by_name() -> None:
    with Peer(lambda talk: talk.wait()) as proxy:
        for url in ("http://169.254.169.254/", "https://metadata.google.internal/"):
            with pytest.raises(StepMisconfigured, match="metadata"):
                Run()("http_request", url=url, proxy=proxy.url)
