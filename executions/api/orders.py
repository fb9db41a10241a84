"""Start an execution, cancel it, run it again."""

from typing import Annotated

from ninja import Header, Status
from pydantic import StringConstraints

from executions.api.router import router
from executions.idempotency import fingerprint, start_once
from executions.lookup import find_execution
from executions.models import Execution
from executions.operations.cancel import request_cancel
from executions.operations.rerun import rerun_execution
from executions.operations.start_named import start_named
from executions.schemas import ExecutionOut, RerunIn, StartIn
from executions.status import Trigger
from workspaces.auth import ApiRequest
from workspaces.models import Role
from workspaces.operations.record_audit import record_audit

IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=255)] | None


@router.post("", response={200: ExecutionOut, 201: ExecutionOut})
def start(request: ApiRequest, body: StartIn, idempotency_key: Header[IdempotencyKey] = None) -> Status[ExecutionOut]:
    """Start a flow: 201, or 200 with the execution that this Idempotency-Key started before."""
    caller = request.auth
    caller.require(Role.EDITOR)
    request_hash = fingerprint("start", body.dict())
    execution, is_new = start_once(
        workspace=caller.workspace,
        key=idempotency_key,
        request_hash=request_hash,
        start=lambda: start_named(
            workspace=caller.workspace,
            flow=body.flow,
            version=body.version,
            environment=body.environment,
            variables=body.variables,
            text_variables=body.text_variables,
            trigger=trigger_of(request, body.trigger),
            actor=caller.actor,
            by=caller.user,
            labels=body.labels,
            idempotency_key=idempotency_key,
            idempotency_hash=request_hash,
            timeout_seconds=body.timeout,
        ),
    )
    return Status(201, ExecutionOut.of(execution)) if is_new else Status(200, _fresh(request, execution))


@router.post("/{int:execution_id}/cancel", response=ExecutionOut)
def cancel(request: ApiRequest, execution_id: int) -> ExecutionOut:
    """Stop it: within two seconds its action is aborted and its teardown begins."""
    caller = request.auth
    caller.require(Role.EDITOR)
    execution = request_cancel(execution=find_execution(caller.workspace, execution_id), by=caller.actor)
    record_audit(
        workspace=caller.workspace,
        by=caller.user,
        actor=caller.actor,
        verb="execution.cancelled",
        target=str(execution.pk),
    )
    return _fresh(request, execution)


@router.post("/{int:execution_id}/rerun", response={200: ExecutionOut, 201: ExecutionOut})
def rerun(
    request: ApiRequest,
    execution_id: int,
    body: RerunIn,
    idempotency_key: Header[IdempotencyKey] = None,
) -> Status[ExecutionOut]:
    """Run it again, linked to the original: 201, or 200 with what this Idempotency-Key started before."""
    caller = request.auth
    caller.require(Role.EDITOR)
    original = find_execution(caller.workspace, execution_id)
    request_hash = fingerprint("rerun", execution_id, body.dict())
    execution, is_new = start_once(
        workspace=caller.workspace,
        key=idempotency_key,
        request_hash=request_hash,
        start=lambda: rerun_execution(
            execution=original,
            actor=caller.actor,
            trigger=trigger_of(request, body.trigger),
            by=caller.user,
            mode=body.mode,
            from_step=body.from_step,
            variables=body.variables,
            idempotency_key=idempotency_key,
            idempotency_hash=request_hash,
        ),
    )
    return Status(201 if is_new else 200, _fresh(request, execution))


def trigger_of(request: ApiRequest, said: str) -> Trigger:
    """A person in a browser is a user, whatever the request says."""
    return Trigger(said) if request.auth.token else Trigger.USER


def _fresh(request: ApiRequest, execution: Execution) -> ExecutionOut:
    return ExecutionOut.of(find_execution(request.auth.workspace, execution.pk))
