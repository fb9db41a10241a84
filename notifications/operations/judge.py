"""Decide who is told of an execution that has ended, and write down what to send, in the caller's transaction."""

from executions.endings import Ending
from executions.gate import excuse_of
from executions.models import Execution
from executions.status import Status, Trigger
from notifications.messages import message_of
from notifications.models import Delivery, Occasion, Rule

BAD = frozenset({Status.FAILED, Status.TIMED_OUT})
# A run that was cancelled says nothing about the flow, nor does one that failed in quarantine only.
JUDGED = frozenset({*BAD, Status.PASSED})
MOST_EXCUSED = 100  # in a row, that are looked past


def judge_ending(ending: Ending) -> int:
    """How many deliveries were written. The same end again writes nothing new."""
    rules = list(Rule.objects.filter(workspace=ending.workspace_id).select_related("target"))
    if not rules:
        return 0
    rows = Execution.objects.select_related("workspace", "flow", "flow_version", "slot__schedule")
    rows = rows.defer("flow_version__text", "flow_version__spec_json").prefetch_related("flow__quarantines")
    execution = rows.filter(pk=ending.execution_id).first()
    if execution is None or execution.status not in JUDGED or execution.trigger == Trigger.FLOW:
        return 0
    if excuse_of(execution) is not None:
        return 0
    return sum(_apply(rule, execution) for rule in rules if _is_about(rule, execution))


def _is_about(rule: Rule, execution: Execution) -> bool:
    if rule.schedule_id is not None:
        return execution.slot is not None and execution.slot.schedule_id == rule.schedule_id
    return rule.flow_id is None or rule.flow_id == execution.flow_id


def _apply(rule: Rule, execution: Execution) -> int:
    failures = None
    if rule.occasion == Occasion.FAILURES:
        failures = _failures(rule, execution)
        if failures is None:
            return 0
    elif not _is_occasion(rule, execution):
        return 0
    # Two rules may lead to one target; it is told of the same thing once.
    occasion = Occasion.FAILURE if rule.occasion == Occasion.EVERY_FAILURE else Occasion(rule.occasion)
    _, is_new = Delivery.objects.get_or_create(
        target=rule.target,
        execution=execution,
        occasion=occasion,
        defaults={
            "workspace_id": execution.workspace_id,
            "message": message_of(execution, occasion, failures=failures),
        },
    )
    return int(is_new)


def _is_occasion(rule: Rule, execution: Execution) -> bool:
    is_bad = execution.status in BAD
    if rule.occasion == Occasion.EVERY_FAILURE:
        return is_bad
    before = _statuses_before(rule, execution, 1)
    was_bad = bool(before) and before[0] in BAD
    return is_bad and not was_bad if rule.occasion == Occasion.FAILURE else not is_bad and was_bad


def _failures(rule: Rule, execution: Execution) -> tuple[int, int] | None:
    """How many of the last failed, if that has just become enough: told once, until it has been better."""
    if execution.status not in BAD:
        return None
    before = _statuses_before(rule, execution, rule.of_last)
    count = 1 + sum(status in BAD for status in before[: rule.of_last - 1])
    if count < rule.failures or sum(status in BAD for status in before) >= rule.failures:
        return None
    return count, rule.of_last


def _statuses_before(rule: Rule, execution: Execution, most: int) -> list[str]:
    """Of the runs before it of the same flow and environment (of a schedule's rule: of the schedule), newest first.

    Those that failed in quarantine only are looked past.
    """
    rows = Execution.objects.filter(flow=execution.flow_id, id__lt=execution.pk, status__in=JUDGED)
    rows = rows.filter(environment_name=execution.environment_name).exclude(trigger=Trigger.FLOW)
    if rule.schedule_id is not None:
        rows = rows.filter(slot__schedule=rule.schedule_id)
    rows = rows.order_by("-id")
    if not execution.flow.quarantines.all():
        return list(rows.values_list("status", flat=True)[:most])
    columns = ("flow", "status", "finished_at", "failed_step_path", "failed_count", "soft_failed_count")
    looked_at = rows.only(*columns).select_related(None)[: most + MOST_EXCUSED]
    found: list[str] = []
    for before in looked_at:
        before.flow = execution.flow  # its quarantines are known
        if excuse_of(before) is None:
            found.append(before.status)
        if len(found) == most:
            break
    return found
