"""Why PostgreSQL's certificate is not trusted: libpq says that it is not, and no more."""

import struct
from typing import Any, Final

from workers.errors import StepError
from workers.protocols.sql.target import Target
from workers.protocols.sql.watch import Watch
from workers.protocols.tls import TlsSettings, tls_context
from workers.protocols.wire import Wire

SPEAK_TLS: Final = struct.pack("!ii", 8, 80877103)  # PostgreSQL's SSLRequest
WILLING: Final = b"S"


def why_not_trusted(target: Target, options: dict[str, Any], watch: Watch, told: StepError) -> StepError:
    """The failure of a handshake of our own, as far as the certificate; `told` where that says nothing new."""
    root = options.get("sslrootcert")
    settings = TlsSettings(ca=None if root in (None, "system") else str(root))
    with Wire(abort=watch.abort, deadline=watch.deadline, egress=watch.egress) as wire:
        try:
            sock = wire.connect(target.host, target.port)
            sock.sendall(SPEAK_TLS)
            if sock.recv(1) == WILLING:
                wire.secure(sock, tls_context(settings, local_files=watch.local_files), target.host)
        except StepError as found:
            return found if found.code == "tls_expired" else told
    return told
