"""run_flow: run another flow of the workspace, and go on with what it gives."""

from executions.status import FailureKind, Status
from flows.language.actions.run_flow import SPEC, RunFlowConfig
from workers.actions.base import Action, Call, Result, StepContext
from workers.errors import InsideFailed


class RunFlow(Action[RunFlowConfig]):
    """The engine starts the execution and wakes the step at its end; here is what it means."""

    spec = SPEC

    def run(self, config: RunFlowConfig, context: StepContext) -> Result | Call:
        if context.called is None:
            context.record_request(flow=config.flow, input=config.input)
            return Call(flow=config.flow, variables=config.input, inherits=config.inherit_env)
        called = context.called
        told = {"name": called.name, "slug": called.slug, "status": called.status, "output": called.output}
        result = {
            **{name: value for name, value in called.output.items() if name not in SPEC.result_keys},
            "flow": {**told, "execution": called.execution_id, "duration_ms": called.duration_ms},
            "status": called.status,
            "execution": called.execution_id,
            "output": called.output,
        }
        if called.status != Status.PASSED:
            raise _failure(context, result)
        return result

    def is_repeatable(self, config: RunFlowConfig) -> bool:
        return True  # the same attempt starts the same execution

    def summary(self, config: RunFlowConfig, result: Result) -> str:
        return f"{result['flow']['slug']} #{result['execution']} {result['status']}"


def _failure(context: StepContext, result: Result) -> InsideFailed:
    called = context.called
    assert called is not None  # only what was called can fail
    name = f"{called.slug} #{called.execution_id}"
    if called.status == Status.TIMED_OUT:
        return InsideFailed(f"{name} timed out.", kind=FailureKind.TIMEOUT, code="flow_timed_out", partial=result)
    if called.status == Status.CANCELLED:
        return InsideFailed(f"{name} was cancelled.", kind=FailureKind.ACTION, code="flow_cancelled", partial=result)
    where = f", {called.failed_step}" if called.failed_step else ""
    message = f"{name}{where}: {called.message}"
    return InsideFailed(message, kind=called.kind or FailureKind.ACTION, code=called.code, partial=result)
