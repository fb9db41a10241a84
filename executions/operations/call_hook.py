"""Start the flow of a hook with what was posted to it."""

from datetime import UTC, datetime
from typing import Any, Final

from executions.database import fetch_one
from executions.errors import HookCalledTooOften, HookInvalid, HookUnknown
from executions.hooks.models import Hook
from executions.idempotency import fingerprint, start_once
from executions.models import Execution
from executions.operations.start import plan_of, start_execution
from executions.status import Trigger
from flows.errors import EnvironmentUnknown, FlowUnknown
from flows.language import jsontext
from flows.language.builtins import Builtins
from flows.language.env import typed_override
from flows.language.expressions.errors import EvaluationError
from flows.language.paths import capture
from flows.language.scope import Scope
from flows.language.values import is_missing
from flows.lookup import find_version
from workspaces.operations.record_audit import record_audit

LARGEST: Final = 256 * 1024  # bytes

# One statement, so that any number of callers at once count right; the minute is PostgreSQL's.
COUNT = """
UPDATE executions_hook
SET minute_began_at = CASE WHEN minute_began_at > statement_timestamp() - interval '1 minute' THEN minute_began_at
                           ELSE statement_timestamp() END,
    calls_in_minute = CASE WHEN minute_began_at > statement_timestamp() - interval '1 minute' THEN calls_in_minute + 1
                           ELSE 1 END,
    last_called_at = statement_timestamp()
WHERE hash = %(hash)s::text AND revoked_at IS NULL
RETURNING id, calls_in_minute, per_minute
"""


def call_hook(*, token: str, content: bytes, idempotency_key: str | None) -> tuple[Execution, bool]:
    """The execution, and whether it is new. The trigger is `webhook`, the actor the name of the hook.

    Raises HookUnknown, HookCalledTooOften, HookInvalid (what was posted), KeyUsedBefore, FlowsError.
    """
    counted = fetch_one(COUNT, {"hash": Hook.hash_of(token)})
    if counted is None:
        raise HookUnknown("There is no such hook, or it has been revoked.")
    if counted["calls_in_minute"] > counted["per_minute"]:
        raise HookCalledTooOften(f"This hook may be called {counted['per_minute']} times a minute.")
    hook = Hook.objects.select_related("workspace", "flow__latest_version", "environment").get(pk=counted["id"])
    body = _read(content)
    if hook.flow.archived_at is not None:
        raise FlowUnknown(f"The flow {hook.flow.slug} is archived.")
    if hook.environment_name and hook.environment is None:
        raise EnvironmentUnknown(f"The environment {hook.environment_name!r} has been deleted.")
    version = find_version(hook.flow)
    variables = _variables(hook, body, plan_of(version).flow.env)
    key = f"hook {hook.pk} {idempotency_key}" if idempotency_key else None
    request_hash = fingerprint("hook", hook.pk, body)
    execution, is_new = start_once(
        workspace=hook.workspace,
        key=key,
        request_hash=request_hash,
        start=lambda: start_execution(
            flow_version=version,
            environment=hook.environment,
            variables=variables,
            trigger=Trigger.WEBHOOK,
            actor=hook.name,
            labels=hook.labels,
            idempotency_key=key,
            idempotency_hash=request_hash,
        ),
    )
    if is_new:
        record_audit(
            workspace=hook.workspace,
            by=None,
            actor=f"hook {hook.name}",
            verb="hook.called",
            target=hook.name,
            execution=execution.pk,
        )
    return execution, is_new


def _read(content: bytes) -> Any:
    if len(content) > LARGEST:
        raise HookInvalid(f"What was posted has {len(content)} bytes; it may have {LARGEST}.")
    try:
        return jsontext.loads(content) if content.strip() else {}
    except jsontext.NotJson as exc:
        raise HookInvalid("What was posted is not JSON.") from exc


def _variables(hook: Hook, body: Any, env: dict[str, Any]) -> dict[str, Any]:
    """What the paths of the hook find; a path that finds nothing leaves the flow's own value."""
    nothing = Builtins(now=lambda: datetime.now(UTC), flow_id="", flow_name="", execution_id="", environment="")
    scope = Scope(
        captured={}, results={}, overrides={}, environment={}, flow_env={}, builtins=nothing, fates={}
    ).with_result({"body": body})
    found: dict[str, Any] = {}
    for name, path in hook.variables.items():
        try:
            value = capture(path, scope)
            if is_missing(value):
                continue
            found[name] = typed_override(value, env[name]) if isinstance(value, str) and name in env else value
        except (EvaluationError, ValueError) as exc:  # what was posted stays out of it
            raise HookInvalid(f"What was posted does not fit the variable {name} (path {path!r}).") from exc
    return found
