"""grpc_call: one call of a gRPC method of any kind."""

from flows.language.actions.base import ActionSpec
from flows.language.actions.grpc_connection import RESULT_KEYS, GrpcConfig


class GrpcCallConfig(GrpcConfig):
    """What is called, with what."""


SPEC = ActionSpec(
    name="grpc_call",
    aliases=("grpc",),
    Config=GrpcCallConfig,
    result_keys=RESULT_KEYS,
    summary="Calls a gRPC method and gives its response and status.",
)
