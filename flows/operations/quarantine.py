"""Let a step's failures stop nobody for some days, or end that."""

from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from flows.errors import QuarantineInvalid
from flows.language.plan import Plan
from flows.language.problems import nearest
from flows.models import Flow, Quarantine
from workspaces.operations.record_audit import record_audit

USUAL_DAYS: Final = 14
MOST_DAYS: Final = 90


def quarantine(
    *, flow: Flow, step_key: str = "", reason: str, days: float = USUAL_DAYS, by: User | None, actor: str
) -> Quarantine:
    """Put a step of a flow, or with no step the whole flow, into quarantine; one that is in force there is replaced.

    Raises QuarantineInvalid: without a reason, for too long, or for a step that the flow has not.
    """
    if not reason.strip():
        raise QuarantineInvalid("A quarantine needs a reason: whoever meets it wants to know why.")
    if not 0 < days <= MOST_DAYS:
        raise QuarantineInvalid(f"A quarantine lasts up to {MOST_DAYS} days; {days:g} were asked for.")
    _check_step(flow, step_key)
    now = timezone.now()
    with transaction.atomic():
        Flow.objects.select_for_update(no_key=True).get(pk=flow.pk)
        same = Quarantine.objects.in_force(at=now).filter(flow=flow, step_key=step_key)
        same.update(lifted_at=now, lifted_by=actor)
        made = Quarantine.objects.create(
            flow=flow, step_key=step_key, reason=reason.strip(), created_at=now, created_by=actor,
            expires_at=now + timedelta(days=days),
        )  # fmt: skip
        _record(made, "quarantine.set", by, actor)
    return made


def lift(*, quarantine: Quarantine, by: User | None, actor: str) -> Quarantine:
    """End it now. What failed under it stays excused. Does nothing if it is over."""
    now = timezone.now()
    with transaction.atomic():
        lifted = Quarantine.objects.in_force(at=now).filter(pk=quarantine.pk).update(lifted_at=now, lifted_by=actor)
        if lifted:
            _record(quarantine, "quarantine.lifted", by, actor)
    quarantine.refresh_from_db()
    return quarantine


def _check_step(flow: Flow, step_key: str) -> None:
    if not step_key or flow.latest_version is None:
        return
    keys = [step.key for step in Plan(flow.latest_version.spec, files=flow.latest_version.files).all]
    if step_key not in keys:
        near = nearest(step_key, keys)
        hint = f"The nearest is {near}." if near else f"It has {', '.join(sorted(keys)[:5])}."
        raise QuarantineInvalid(f"The flow {flow.slug} has no step {step_key!r}. {hint}")


def _record(made: Quarantine, verb: str, by: User | None, actor: str) -> None:
    record_audit(
        workspace=made.flow.workspace, by=by, actor=actor, verb=verb, target=made.flow.slug, step=made.step_key,
        reason=made.reason, until=made.expires_at.isoformat(),
    )  # fmt: skip
