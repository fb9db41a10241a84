"""Make a rule: which target is told of what."""

from django.contrib.auth.models import User
from django.db import transaction

from executions.endings import listen
from notifications.checks import lay_over_rule
from notifications.models import Occasion, Rule, Target
from workspaces.operations.record_audit import record_audit


def create_rule(
    *,
    target: Target,
    occasion: Occasion,
    flow: str | None = None,
    schedule: int | None = None,
    failures: int = 3,
    of_last: int = 5,
    by: User | None,
    actor: str = "",
) -> Rule:
    """Without flow and schedule it is about the whole workspace. Raises RuleInvalid, FlowUnknown, ScheduleUnknown."""
    workspace = target.workspace
    rule = Rule(workspace=workspace, target=target, occasion=occasion)
    lay_over_rule(rule, {"flow": flow, "schedule": schedule, "failures": failures, "of_last": of_last})
    with transaction.atomic():
        rule.save()
        listen(workspace, "notifications", wants=True)
        record_audit(
            workspace=workspace, by=by, actor=actor, verb="rule.created", target=target.name, occasion=occasion.value
        )
    return rule
