"""One connection to one server, and calls over it that end when they are told to."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import grpc

from workers.abort import Abort
from workers.actions.base import StepContext
from workers.errors import StepError, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.grpc.metadata import Pair
from workers.protocols.grpc.relay import Relay
from workers.protocols.grpc.target import GrpcTarget
from workers.protocols.tls import tls_context
from workers.protocols.wire import Wire, WireSocket, WireTlsSocket

HARD_LIMIT = 64 * 1024 * 1024  # bytes of all responses of a call
_METADATA_LIMIT = 1024 * 1024
TOO_MUCH = f"more than {HARD_LIMIT // (1024 * 1024)} MB"

# grpcio's own words where no status came from the server.
_WHEN_BROKEN = frozenset(
    {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.CANCELLED}
)
_BROKEN = re.compile(r"Stream removed|Socket closed|Transport closed|GOAWAY|Connection reset|Broken pipe|End of TCP")
_TOO_LARGE = re.compile(rf"(?i)message larger than max \(\d+ vs\. {HARD_LIMIT}\)")
_NO_GRPC = re.compile(r"(?i)received http2? ?(?:header with )?status")


@dataclass(frozen=True)
class Ended:
    """How a call ended, by the server's word or by our deadline."""

    status: str  # `OK`, `NOT_FOUND`, …
    code: int
    message: str
    metadata: Sequence[Any]
    trailers: Sequence[Any]

    def trailer(self, name: str) -> bytes | None:
        """The bytes of a `-bin` trailer."""
        return next((value for key, value in self.trailers if key == name and isinstance(value, bytes)), None)


class Connection:
    """Calls methods by their path, with messages as bytes."""

    def __init__(self, channel: Any, relay: Relay, target: GrpcTarget, abort: Abort, deadline: float) -> None:
        self._channel, self._relay = channel, relay
        self.target = target
        self._abort = abort
        self._deadline = deadline

    def call(
        self,
        path: str,
        requests: Sequence[bytes],
        *,
        streams: bool,
        metadata: Sequence[Pair],
        take: Callable[[bytes], bool],
    ) -> Ended:
        """Call `path` and hand each response to `take`, until the server ends the call or `take` says False.

        A status is an answer, whatever it is, and so is DEADLINE_EXCEEDED where the deadline is ours. Raises
        TargetUnreachable when the connection broke, TargetRefused for more bytes than there may be, or Aborted.
        """
        left = max(0.0, self._deadline - monotonic())
        if streams:
            rpc = self._channel.stream_stream(path)(iter(requests), timeout=left, metadata=metadata)
        else:
            rpc = self._channel.unary_stream(path)(requests[0], timeout=left, metadata=metadata)
        try:
            with self._abort.calls(rpc.cancel):
                has_left = self._receive(rpc, take)
                self._abort.check()
                if has_left:
                    return Ended("OK", 0, "", rpc.initial_metadata() or (), ())
                return self._ended(rpc)
        finally:
            rpc.cancel()

    def _receive(self, rpc: Any, take: Callable[[bytes], bool]) -> bool:
        """Whether we left before the server ended the call."""
        size = 0
        try:
            for message in rpc:
                size += len(message)
                if size > HARD_LIMIT:
                    raise TargetRefused(f"{self.target.where} sent {TOO_MUCH}", code="too_large")
                if not take(message):
                    return True
        except grpc.RpcError:
            self._abort.check()  # or it is the call's end, which `rpc` itself tells
        return False

    def _ended(self, rpc: Any) -> Ended:
        code, said, trailers = rpc.code(), rpc.details() or "", rpc.trailing_metadata() or ()
        if code is grpc.StatusCode.DEADLINE_EXCEEDED:
            said = re.sub(r"^Stream removed \((.*)\)$", r"\1", said)
        elif code is not grpc.StatusCode.OK and (broken := self._broken(code, said, trailers)):
            raise broken
        return Ended(code.name, code.value[0], said, rpc.initial_metadata() or (), trailers)

    def _broken(self, code: Any, said: str, trailers: Sequence[Any]) -> StepError | None:
        """What went wrong, if grpcio made the status up by itself; None if the server sent it.

        grpcio does not tell the two apart any more, so its own sentences have to.
        """
        self._abort.check()
        ended = self._relay.why_it_ended()
        if self._relay.path in said:  # no call was made: the server's greeting was none, or never came
            return ended if ended is not None and "HTTP/2" not in said else self._is_no_grpc(said)
        if ended is not None and code in _WHEN_BROKEN and not trailers and _BROKEN.search(said):
            return ended
        if _TOO_LARGE.search(said):
            return TargetRefused(f"{self.target.where} sent {TOO_MUCH}", code="too_large")
        return self._is_no_grpc(said) if _NO_GRPC.match(said) else None

    def _is_no_grpc(self, said: str) -> TargetUnreachable:
        reason = re.sub(r"^.*unix:\S+: ", "", said)[:300]
        return TargetUnreachable(f"{self.target.where} did not answer as gRPC does: {reason}", code="bad_response")


@contextmanager
def connected(target: GrpcTarget, context: StepContext, deadline: float) -> Iterator[Connection]:
    """Connect and do the TLS handshake. Raises StepMisconfigured, TargetUnreachable, StepTimedOut or Aborted."""
    with (
        Wire(abort=context.abort, deadline=deadline, egress=context.egress) as wire,
        Relay(_opened(wire, target, context)) as relay,
    ):
        channel = grpc.insecure_channel(f"unix:{relay.path}", options=_options(target, deadline))
        try:
            yield Connection(channel, relay, target, context.abort, deadline)
        finally:
            channel.close()


def out_of_time(target: GrpcTarget) -> StepTimedOut:
    return StepTimedOut(f"The time was up while waiting for {target.where}", code="read_timeout")


def _opened(wire: Wire, target: GrpcTarget, context: StepContext) -> WireSocket | WireTlsSocket:
    plain = wire.connect(target.host, target.port)
    if target.tls is None:
        return plain
    settings = tls_context(target.tls, local_files=context.local_files)
    return wire.secure(plain, settings, target.server_name or target.host)


def _options(target: GrpcTarget, deadline: float) -> list[tuple[str, Any]]:
    patience = min(int(max(0.0, deadline - monotonic()) * 1000) + 1000, 2**31 - 1)
    return [
        ("grpc.default_authority", target.authority),
        ("grpc.http2_scheme", "http" if target.tls is None else "https"),
        ("grpc.primary_user_agent", "stepwell"),
        ("grpc.max_receive_message_length", HARD_LIMIT),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", _METADATA_LIMIT),
        ("grpc.absolute_max_metadata_size", _METADATA_LIMIT),
        # One attempt is one connection and one try; the deadline alone says how long the server may take to greet.
        ("grpc.enable_retries", 0),
        ("grpc.min_reconnect_backoff_ms", patience),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_http_proxy", 0),
        ("grpc.service_config_disable_resolution", 1),
    ]
