"""Start an execution: record it, fix what it was given, and hand its first step to the workers."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from executions import events, queue
from executions.batches.models import Batch
from executions.errors import KeyUsedBefore
from executions.live import INPUTS, Inputs, Kept
from executions.masking import Masker, is_secret_name
from executions.models import Execution, Move, StepRun
from executions.operations.admit_waiting import admit_waiting
from executions.operations.start_statement import insert_started, next_execution_id
from executions.schedules.models import ScheduleSlot
from executions.status import Phase, RerunMode, Status, StepStatus, Trigger
from flows.encryption import decrypt
from flows.language import jsontext
from flows.language.builtins import Builtins
from flows.language.env import resolve_env
from flows.language.plan import Plan, PlannedStep
from flows.language.scope import Scope
from flows.language.values import Unresolved
from flows.models import Environment, FlowVersion


def start_execution(
    *,
    flow_version: FlowVersion,
    environment: Environment | None,
    variables: Mapping[str, Any],
    trigger: Trigger,
    actor: str,
    by: User | None = None,
    labels: Mapping[str, str] | None = None,
    idempotency_key: str | None = None,
    idempotency_hash: str = "",
    timeout_seconds: float | None = None,
    rerun_of: Execution | None = None,
    rerun_mode: RerunMode | None = None,
    first_path: str = "",
    restored: Sequence[Kept] = (),
    parent_step_run_id: int | None = None,
    inherited: Inputs | None = None,
    slot: ScheduleSlot | None = None,
    batch: Batch | None = None,
) -> Execution:
    """Record a new execution; its first step is sent once the record is safe.

    `first_path` and `restored` start it in the middle, with what an earlier run had kept by then (see rerun.py).
    `parent_step_run_id` and `inherited` start it inside another one, with what that was given (see start_inside.py).
    Raises KeyUsedBefore with the execution that `idempotency_key` started.
    """
    plan = plan_of(flow_version)
    first = plan.at(first_path) if first_path else (*plan.section("setup"), *plan.section("steps"))[0]
    secrets = environment_secrets(environment) if inherited is None else inherited.secrets
    plain = (environment.plain_variables() if environment else {}) if inherited is None else inherited.variables
    masker = masker_for(secrets, {**plain, **variables}, restored)
    execution = Execution(
        id=next_execution_id(),
        workspace_id=flow_version.flow.workspace_id,
        flow=flow_version.flow,
        flow_version=flow_version,
        flow_name=plan.flow.name,
        environment=environment,
        environment_name=environment.name if environment else "",
        environment_revision=environment.revision if environment else "",
        worker_group=environment.worker_group if environment else "",
        variables={name: masker.value({name: value})[name] for name, value in plain.items()},
        overrides=masker.value(dict(variables)),
        labels=dict(labels or {}),
        slot=slot,
        batch=batch,
        trigger=trigger,
        actor=actor,
        started_by=by,
        idempotency_key=idempotency_key,
        idempotency_hash=idempotency_hash,
        timeout_seconds=timeout_seconds or plan.flow.config.timeout,
        parent_step_run_id=parent_step_run_id,
        rerun_of=rerun_of,
        rerun_mode=rerun_mode or "",
        rerun_from=first_path,
        family=(rerun_of.family or rerun_of.pk) if rerun_of else None,
        steps_total=plan.steps_total,
        queued_at=timezone.now(),
        event_number=1,
        phase=first.section,
    )
    step_run = _first_step_run(execution, first)
    inputs = Kept("", INPUTS, vars(_inputs(execution, plan, variables, secrets, plain)))
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            insert_started(execution, step_run, Move(execution_id=execution.pk, new=Status.QUEUED), [inputs, *restored])
            if execution.waits_for:
                transaction.on_commit(partial(admit_waiting, execution.workspace_id), robust=True)
            else:
                queue.send_step_on_commit(step_run.pk, 1, execution.worker_group)
            transaction.on_commit(partial(_tell, execution))
    except IntegrityError:
        used_by = Execution.objects.filter(workspace=execution.workspace_id, idempotency_key=idempotency_key).first()
        if idempotency_key is None or used_by is None:
            raise
        raise KeyUsedBefore(used_by) from None
    return execution


def plan_of(flow_version: FlowVersion) -> Plan:
    """The plan of a flow version; versions never change, so it is made once per process."""
    return plan_of_version(flow_version.pk, flow_version.hash)


@lru_cache(maxsize=256)
def plan_of_version(flow_version_id: int, _hash: str) -> Plan:
    version = FlowVersion.objects.get(pk=flow_version_id)
    return Plan(version.spec, files=version.files)


def masker_for(secrets: Mapping[str, Any], given: Mapping[str, Any], kept: Sequence[Kept] = ()) -> Masker:
    """The masker of an execution: its environment's secrets, and every value with a secret's name, whether an override,
    a variable, the flow's own `env` or captured.
    """
    masker = Masker({name: str(value) for name, value in secrets.items()})
    for name, value in given.items():
        if is_secret_name(name):
            masker = masker.with_secret(name, value)
    for value in kept:
        if value.name and is_secret_name(value.name):
            masker = masker.with_secret(value.name, value.value)
    return masker


def make_builtins(execution: Execution, now: datetime | None = None) -> Builtins:
    return Builtins(
        now=(lambda: now) if now else (lambda: datetime.now(UTC)),
        flow_id=str(execution.flow_id),
        flow_name=execution.flow_name,
        execution_id=str(execution.pk),
        environment=execution.environment_name,
    )


def environment_secrets(environment: Environment | None) -> dict[str, Any]:
    if environment is None:
        return {}
    found = [variable for variable in environment.variables.all() if variable.is_secret]
    return {variable.name: jsontext.loads(decrypt(variable.ciphertext)) for variable in found if variable.ciphertext}


def _inputs(
    execution: Execution, plan: Plan, overrides: Mapping[str, Any], secrets: dict[str, Any], plain: dict[str, Any]
) -> Inputs:
    scope = Scope(
        captured={},
        results={},
        overrides=overrides,
        environment={**plain, **secrets},
        flow_env={},
        builtins=make_builtins(execution),
        fates={},
    )
    resolved = resolve_env(plan.flow.env, scope)
    return Inputs(
        overrides=dict(overrides),
        variables=plain,
        secrets=secrets,
        env={name: value for name, value in resolved.items() if not isinstance(value, Unresolved)},
        unresolved={name: value.message for name, value in resolved.items() if isinstance(value, Unresolved)},
    )


def _first_step_run(execution: Execution, first: PlannedStep) -> StepRun:
    return StepRun(
        execution=execution,
        flow_id=execution.flow_id,
        flow_version_id=execution.flow_version_id,
        environment_id=execution.environment_id,
        path=first.path,
        key=first.key,
        step_id=first.step.id,
        section=Phase(first.section),
        position=first.position,
        action=first.step.action,
        status=StepStatus.PENDING,
        due_at=execution.queued_at,
        sent_at=execution.queued_at,
        sends=1,
    )


def _tell(execution: Execution) -> None:
    events.publish(
        events.Event(execution.pk, execution.workspace_id, 1, "execution.queued", {"flow": execution.flow_name})
    )
