"""Change a rule."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from notifications.checks import lay_over_rule
from notifications.models import Rule
from workspaces.operations.record_audit import record_audit


def edit_rule(*, rule: Rule, changes: Mapping[str, Any], by: User | None, actor: str) -> Rule:
    """Set what `changes` names, as for `create_rule`. It tells of ends from now on; what was written stays.

    Raises RuleInvalid, FlowUnknown, ScheduleUnknown.
    """
    with transaction.atomic():
        rows = Rule.objects.select_for_update(of=("self",)).select_related("workspace", "target", "flow", "schedule")
        locked = rows.get(pk=rule.pk)
        lay_over_rule(locked, changes)
        locked.save()
        record_audit(
            workspace=locked.workspace,
            by=by,
            actor=actor,
            verb="rule.edited",
            target=locked.target.name,
            occasion=locked.occasion,
            changed=sorted(changes),
        )
    return locked
