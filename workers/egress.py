"""Where actions may connect to (DESIGN §9).

Rules are plain text: `*`, a host (`api.shop`), a domain with all below it (`*.shop`), an address, a network
(`10.0.0.0/8`), each with an optional `:port` (`db.internal:5432`, `[fd00::1]:443`). Hosts are checked by name before
they are resolved, and every address once more right before it is connected to: a name that changes its address in
between gains nothing. An allow list lets a target through when its name or its address is on it.
"""

import ipaddress
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import NoReturn

from workers.errors import StepMisconfigured

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

# Addresses where clouds hand out credentials. Nothing a flow tests lives there; no rule can allow them.
_METADATA_NETWORKS: tuple[IpNetwork, ...] = (
    ipaddress.ip_network("169.254.0.0/16"),  # link-local: AWS, Azure, GCP, ECS tasks, …
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::/32"),  # AWS over IPv6
    ipaddress.ip_network("fd20:ce::254/128"),  # GCP over IPv6
    ipaddress.ip_network("100.100.100.200/32"),  # Alibaba
    ipaddress.ip_network("192.0.0.192/32"),  # Oracle, classic
    ipaddress.ip_network("168.63.129.16/32"),  # Azure's wire server
)
_METADATA_HOSTS = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data"})
_REMEMBERED_SECONDS = 30
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Rule:
    """One line of a list."""

    def __init__(self, text: str) -> None:
        """Raises ValueError, with a sentence, when `text` is no rule."""
        self.text = text.strip()
        target, self.port = _split_port(self.text)
        self.network = _as_network(target)
        self.host = "" if self.network else canonical_host(target)
        if not target or "/" in self.host:
            raise ValueError(f"{text!r} is not a host, an address or a network, with an optional :port")

    def matches(self, host: str, address: IpAddress | None, port: int) -> bool:
        if self.port is not None and self.port != port:
            return False
        if self.network is not None:
            return address is not None and address in self.network
        if self.host == "*":
            return True
        if self.host.startswith("*."):
            return host.endswith(self.host[1:]) or host == self.host[2:]
        return host == self.host


@dataclass(frozen=True)
class Protected:
    """An endpoint of the product itself: nobody's flow may connect there.

    A database on a server that others share is named by `database`: then only that database is refused, by the SQL
    action, which knows it. `socket` is the path of a unix socket, or of the folder it is in.
    """

    host: str = ""
    port: int = 0
    socket: str = ""
    database: str = ""


class Egress:
    """Allow and deny rules for outgoing connections, and what is denied whatever they say."""

    def __init__(
        self, allow: Iterable[str] = (), deny: Iterable[str] = (), protected: Iterable[Protected] = ()
    ) -> None:
        self._allow = tuple(Rule(text) for text in allow)
        self._deny = tuple(Rule(text) for text in deny)
        self._protected = tuple(protected)

    def check_host(self, host: str, port: int, *, database: str | None = None) -> None:
        """Refuse what can be refused before the name is resolved. Raises StepMisconfigured (`egress_denied`)."""
        name = canonical_host(host)
        if name in _METADATA_HOSTS:
            _refuse(f"{host}:{port} is a cloud metadata service; flows may not connect to it")
        address = parse_address(name)
        for rule in self._deny:
            if rule.matches(name, address, port):
                _refuse(f"Connecting to {host}:{port} is denied by the rule {rule.text!r}")
        if address is not None:
            self.check_address(name, port, host=name, database=database)

    def check_address(self, ip: str, port: int, *, host: str = "", database: str | None = None) -> None:
        """Refuse an address about to be connected to; `host` is the name it was resolved from.

        `database` is the database a SQL action is about to use there. Raises StepMisconfigured (`egress_denied`).
        """
        address = parse_address(ip)
        if address is None:
            _refuse(f"{ip!r} is not an address")
        name, shown = canonical_host(host or ip), f"{host} ({ip})" if host and host != ip else ip
        if any(address in network for network in _METADATA_NETWORKS):
            _refuse(f"{shown} is a link-local or cloud metadata address; flows may not connect to it")
        for rule in self._deny:
            if rule.matches(name, address, port):
                _refuse(f"Connecting to {shown} at port {port} is denied by the rule {rule.text!r}")
        if self._allow and not any(rule.matches(name, address, port) for rule in self._allow):
            _refuse(f"Connecting to {shown} at port {port} is not on the list of allowed targets")
        self._check_own_endpoints(address, name, port, shown, database)

    def check_socket(self, path: str, *, database: str | None = None) -> None:
        """Refuse a unix socket. Raises StepMisconfigured (`egress_denied`)."""
        real = os.path.realpath(path)
        for own in self._protected:
            if (
                own.socket
                and _is_same_or_below(real, os.path.realpath(own.socket))
                and _is_same_database(own, database)
            ):
                _refuse("This socket belongs to Stepwell itself; flows may not connect to it")
        if self._allow and not any(rule.host == "*" and rule.port is None for rule in self._allow):
            _refuse("Unix sockets are not on the list of allowed targets")

    def _check_own_endpoints(self, address: IpAddress, name: str, port: int, shown: str, database: str | None) -> None:
        for own in self._protected:
            if not own.host or own.port != port or not _is_same_database(own, database):
                continue
            if name == canonical_host(own.host) or _is_own_address(address, own.host):
                what = f"database {own.database!r} at {shown}" if own.database else f"{shown} at port {port}"
                _refuse(f"The {what} belongs to Stepwell itself; flows may not connect to it")


def parse_address(text: str) -> IpAddress | None:
    """The address in `text`; IPv4 inside IPv6 (mapped, 6to4 by NAT64) comes out as IPv4. None if it is a name."""
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def canonical_host(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


def _is_own_address(address: IpAddress, own_host: str) -> bool:
    own = _addresses_of(canonical_host(own_host), int(monotonic() / _REMEMBERED_SECONDS))
    return address in own or (any(map(_is_this_machine, own)) and _is_this_machine(address))


@lru_cache(maxsize=64)
def _addresses_of(host: str, _when: int) -> frozenset[IpAddress]:
    """What the product's own host is today; a name that cannot be resolved has no address to protect."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return frozenset()
    return frozenset(filter(None, (parse_address(str(entry[4][0])) for entry in found)))


def _is_this_machine(address: IpAddress) -> bool:
    """Loopback, or any address this machine has: only those can be bound."""
    if address.is_loopback or address.is_unspecified:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.bind((str(address), 0))
    except OSError:
        return False
    return True


def _is_same_database(own: Protected, database: str | None) -> bool:
    """A protected database on a shared server is the same one only for a SQL action that names it."""
    return not own.database or database is None or database == own.database


def _is_same_or_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/") or str(Path(folder).parent) == path


def _split_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        target, _, tail = text[1:].partition("]")
        port = tail.removeprefix(":")
    elif text.count(":") == 1:
        target, _, port = text.partition(":")
    else:
        target, port = text, ""
    if not port:
        return target, None
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has the port {port!r}, which is not between 1 and 65535")
    return target, int(port)


def _as_network(text: str) -> IpNetwork | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _refuse(message: str) -> NoReturn:
    raise StepMisconfigured(message, code="egress_denied")
