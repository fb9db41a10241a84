"""grpc_call: one call of a gRPC method of any kind."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.grpc_call import SPEC, GrpcCallConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.protocols.grpc import call as grpc


class GrpcCall(Action[GrpcCallConfig]):
    """A status other than OK fails the step, unless its assertions look at the status: then it is theirs to judge."""

    spec = SPEC

    def run(self, config: GrpcCallConfig, context: StepContext) -> Result:
        return grpc.call(config, context)

    def endpoint(self, config: GrpcCallConfig, written: Mapping[str, Any]) -> Endpoint:
        return grpc.endpoint(config)

    def summary(self, config: GrpcCallConfig, result: Result) -> str:
        return grpc.summary(result)
