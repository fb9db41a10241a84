"""TLS settings as contexts: made once per set of files, as loading certificates takes longer than a request."""

import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import certifi

from workers.errors import StepMisconfigured
from workers.protocols.wire import WireTlsSocket


@dataclass(frozen=True)
class TlsSettings:
    verify: bool = True
    ca: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    alpn: tuple[str, ...] = ()  # protocols to ask for inside TLS


def tls_context(settings: TlsSettings, *, local_files: bool) -> ssl.SSLContext:
    """A context whose sockets belong to a Wire. Raises StepMisconfigured (`local_files`, `tls_files`)."""
    files = [name for name in (settings.ca, settings.client_cert, settings.client_key) if name]
    for name in files:
        require_local_file(name, local_files=local_files)
    try:
        return _context(settings, tuple(Path(name).stat().st_mtime_ns for name in files))
    except (ssl.SSLError, OSError) as exc:
        reason = getattr(exc, "reason", None) or exc.strerror or "unreadable"
        raise StepMisconfigured(f"The certificate files cannot be used: {reason}", code="tls_files") from exc


def require_local_file(name: str, *, local_files: bool) -> Path:
    """The path of a file that a flow names. Raises StepMisconfigured (`local_files`, `no_file`)."""
    if not local_files:
        raise StepMisconfigured(
            f"The flow names the file {name}; files on the worker are allowed only with STEPWELL_LOCAL_FILES=1",
            code="local_files",
        )
    path = Path(name)
    if not path.is_file():
        raise StepMisconfigured(f"There is no file {name} on the worker", code="no_file")
    return path


@lru_cache(maxsize=64)
def _context(settings: TlsSettings, _changed_at: tuple[int, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = WireTlsSocket
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif settings.ca:
        context.load_verify_locations(settings.ca)
    else:
        context.load_default_certs()
        context.load_verify_locations(certifi.where())
    if settings.alpn:
        context.set_alpn_protocols(list(settings.alpn))
    if settings.client_cert:
        context.load_cert_chain(settings.client_cert, settings.client_key)
    return context
