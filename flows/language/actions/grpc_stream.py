"""grpc_stream: a call of a streaming gRPC method, which may be left before the server ends it."""

from pydantic import Field

from flows.language.actions.base import ActionSpec
from flows.language.actions.grpc_connection import RESULT_KEYS, GrpcConfig


class GrpcStreamConfig(GrpcConfig):
    """What is called, with what, and how much of the answer is wanted."""

    max_responses: int | None = Field(
        None, ge=1, le=10_000, description="leave the stream after so many responses; without it, when the server ends"
    )


SPEC = ActionSpec(
    name="grpc_stream",
    Config=GrpcStreamConfig,
    result_keys=RESULT_KEYS | {"count", "truncated"},
    summary="Calls a streaming gRPC method and gives every response.",
)
