"""grpc_stream: a call of a streaming gRPC method, which may be left before the server ends it."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.grpc_stream import SPEC, GrpcStreamConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.protocols.grpc import call as grpc


class GrpcStream(Action[GrpcStreamConfig]):
    """Statuses are judged as grpc_call judges them."""

    spec = SPEC

    def run(self, config: GrpcStreamConfig, context: StepContext) -> Result:
        result = grpc.call(config, context, max_responses=config.max_responses)
        count = len(result["responses"])
        return {**result, "count": count, "truncated": count == config.max_responses}

    def endpoint(self, config: GrpcStreamConfig, written: Mapping[str, Any]) -> Endpoint:
        return grpc.endpoint(config)

    def summary(self, config: GrpcStreamConfig, result: Result) -> str:
        return grpc.summary(result)
