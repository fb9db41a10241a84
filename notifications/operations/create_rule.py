"""Make a rule: which target is told of what."""

from django.contrib.auth.models import User
from django.db import transaction

from executions.endings import listen
from executions.schedules.lookup import find_schedule
from flows.lookup import find_flow
from notifications.errors import RuleInvalid
from notifications.models import Occasion, Rule, Target
from workspaces.operations.record_audit import record_audit

MOST_LOOKED_BACK = 100


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
    if flow is not None and schedule is not None:
        raise RuleInvalid("A rule is about a flow or a schedule, not both.")
    if not 1 <= failures <= of_last <= MOST_LOOKED_BACK:
        raise RuleInvalid(f"`failures` of `of_last`: at least 1, at most as many as are looked at, {MOST_LOOKED_BACK}.")
    workspace = target.workspace
    with transaction.atomic():
        rule = Rule.objects.create(
            workspace=workspace,
            target=target,
            occasion=occasion,
            flow=find_flow(workspace, flow) if flow is not None else None,
            schedule=find_schedule(workspace, schedule) if schedule is not None else None,
            failures=failures,
            of_last=of_last,
        )
        listen(workspace, "notifications", wants=True)
        record_audit(
            workspace=workspace, by=by, actor=actor, verb="rule.created", target=target.name, occasion=occasion.value
        )
    return rule
