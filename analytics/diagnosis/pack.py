"""The diagnosis of one failed execution: facts as numbered evidence, the rules that fired, a verdict, what to do next.

No key and no network; everything in it was recorded, and so is masked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from analytics.diagnosis import evidence, rules
from analytics.diagnosis.actions import NextAction, next_action
from analytics.diagnosis.comparisons import comparisons
from analytics.diagnosis.evidence import NUMBERS, Evidence, Facts
from analytics.diagnosis.gathering import Gathered, gather, truncated
from analytics.diagnosis.places import place_of
from analytics.diagnosis.points import Fired
from analytics.diagnosis.rules import fired
from analytics.diagnosis.verdict import Verdict, verdict_of
from analytics.diagnosis.words import says
from analytics.models import FailureGroup, FailureOccurrence
from executions.models import Execution
from flows.language import jsontext

EXAMPLES: Final = 5
MOST_NAMES: Final = 3
BROKEN: Final = 5  # assertions that are told


@dataclass(frozen=True)
class FiredRule:
    id: str
    points: dict[str, float]
    evidence: list[str]
    says: str


@dataclass(frozen=True)
class SeenRun:
    """A run of the step in this environment. `outcome`: passed, recovered or failed."""

    execution: int
    outcome: str
    at: datetime | None


@dataclass(frozen=True)
class FailedStep:
    path: str
    key: str
    action: str
    kind: str
    attempts: int
    service: str


@dataclass(frozen=True)
class Diagnosis:
    """`v` is the version of the pack, `rules_version` that of the rules."""

    v: int
    rules_version: int
    execution: int
    flow: str
    environment: str
    failed_step: FailedStep
    items: list[Evidence]
    rules: list[FiredRule]
    verdict: Verdict
    next_action: NextAction
    group: str | None  # the fingerprint of the failure, once it is grouped
    group_state: str | None
    seen: list[SeenRun]  # the last runs of the step here, this one last


def diagnose(execution: Execution) -> Diagnosis | None:
    """None where there is no failed step to diagnose."""
    found = gather(execution)
    return None if found is None else pack_of(execution, found, _group(execution))


def pack_of(execution: Execution, found: Gathered, group: FailureGroup | None) -> Diagnosis:
    items = _items(found, group)
    fired_rules = fired(found.facts)
    verdict = verdict_of(fired_rules)
    by_type = {one.type: one.id for one in reversed(items)}  # the first of a type
    return Diagnosis(
        v=evidence.VERSION,
        rules_version=rules.VERSION,
        execution=execution.pk,
        flow=execution.flow.slug,
        environment=execution.environment_name,
        failed_step=FailedStep(
            found.step.path,
            found.step.key,
            found.step.action,
            found.step.failure_kind,
            found.step.attempts,
            found.step.service,
        ),
        items=items,
        rules=[_rule(one, by_type) for one in fired_rules],
        verdict=verdict,
        next_action=next_action(found.facts, found.step.path, verdict, fired_rules),
        group=group.fingerprint if group else None,
        group_state=group.state if group else None,
        seen=_last_runs(execution, found),
    )


def _rule(one: Fired, by_type: Mapping[str, str]) -> FiredRule:
    place = by_type.get(one.about) or by_type["failure"]
    return FiredRule(one.id, dict(one.points), [place], says(one.id))


def _last_runs(execution: Execution, found: Gathered) -> list[SeenRun]:
    past = [
        SeenRun(one["execution_id"], "recovered" if one["recovered"] else one["status"], one["finished_at"])
        for one in reversed(found.past)
    ]
    return [*past, SeenRun(execution.pk, "recovered" if found.step.recovered else "failed", found.step.finished_at)]


def _group(execution: Execution) -> FailureGroup | None:
    """By the newest definition of what is the same failure, where several have grouped it."""
    seen = FailureOccurrence.objects.filter(execution_id=execution.pk, is_recovered=False).select_related("group")
    newest = seen.order_by("-group__version", "-id").first()
    return newest.group if newest else None


def _items(found: Gathered, group: FailureGroup | None) -> list[Evidence]:
    """Numbered by type; what is not known has no item."""
    facts, made = found.facts, list[Evidence]()
    for type_, fact, data, untrusted in (
        *_failure(found),
        *_request(found),
        *_history(facts, found),
        *_seen(group),
        *_latency(facts),
        *_fleet(facts),
        *_change(facts, found),
        *_elsewhere(found),
        *comparisons(facts),
    ):
        number = _id(type_, sum(one.type == type_ for one in made))
        made.append(Evidence(number, type_, fact, data, untrusted, place_of(type_, found.step.path, data)))
    return made


def _id(type_: str, earlier: int) -> str:
    """`E2`; the second of a type is `E2b`."""
    return f"E{NUMBERS[type_]}{'' if not earlier else chr(ord('a') + earlier)}"


Item = tuple[str, str, dict[str, Any], bool]


def _failure(found: Gathered) -> list[Item]:
    facts = found.facts
    after = f" after {facts.attempts} attempts" if facts.attempts > 1 else ""
    code = f" ({facts.code})" if facts.code and facts.code != facts.kind else ""
    data = {"kind": facts.kind, "code": facts.code, "status": facts.status}
    failure: Item = ("failure", f"{facts.kind}{code}{after}: {_line(facts.message)}", data, False)
    return [failure, *(_assertion(one) for one in found.broken[:BROKEN])]


def _assertion(one: Mapping[str, Any]) -> Item:
    shown = {name: one.get(name) for name in ("expression", "operator", "expected", "actual")}
    sources = [part["source"] for part in one.get("parts") or () if part.get("source")]
    said = f"{one.get('expression')}: expected {_short(one.get('expected'))}, actual {_short(one.get('actual'))}"
    return "assertion", said, {**shown, "sources": sources}, True


def _request(found: Gathered) -> list[Item]:
    facts, items = found.facts, []
    if facts.protocol:
        data = {
            "protocol": facts.protocol,
            "service": facts.service,
            "operation": facts.operation,
            "route": facts.route,
        }
        items.append(("request", f"{facts.operation} {facts.route} at {facts.service}".strip(), data, False))
    if found.excerpt:
        said = f"the first {len(found.excerpt)} characters of the response"
        items.append(("response_excerpt", said, {"response": truncated(found.excerpt)}, True))
    return items


def _history(facts: Facts, found: Gathered) -> list[Item]:
    if not facts.looked_at:
        return [("absence", "This step has not run in this environment before.", {}, False)]
    if not facts.passed_before:
        said = f"None of the last {facts.looked_at} runs of this step in this environment passed."
        return [("absence", said, {"n": facts.looked_at}, False)]
    last = found.last_pass or {}
    at: datetime = last["finished_at"]
    row = "the first failure since" if facts.streak == 1 else f"now {facts.streak} failures in a row"
    said = f"{facts.passed_before} of {facts.looked_at} passed before; last pass {at:%Y-%m-%d %H:%M} UTC; {row}"
    data = {
        "pass": facts.passed_before, "n": facts.looked_at, "streak": facts.streak, "last_pass": last["execution_id"],
        "flake_rate": facts.flake_rate, "retry_passes": facts.retry_passes,
    }  # fmt: skip
    items: list[Item] = [("history", said, data, False)]
    if facts.assertion is not None and facts.usual_actuals:
        usual = [_short(one) for one in facts.usual_actuals[:5]]
        also = "; the value of now was seen there before the right one came" if facts.seen_in_polls else ""
        now = _short(facts.assertion.get("actual"))
        said = f"in runs that passed it was {', '.join(dict.fromkeys(usual))}; now {now}{also}"
        items.append(
            ("diff", said, {"usual": list(facts.usual_actuals)[:5], "now": facts.assertion.get("actual")}, True)
        )
    return items


def _seen(group: FailureGroup | None) -> list[Item]:
    if group is None:
        return []
    others = FailureOccurrence.objects.filter(group=group).order_by("-at").values_list("execution_id", flat=True)
    times = "once" if group.count == 1 else f"{group.count} times"
    said = f"the same failure {times} since {group.first_seen:%Y-%m-%d}"
    return [
        (
            "fingerprint",
            said,
            {"fp": group.fingerprint, "count": group.count, "executions": list(others[:EXAMPLES])},
            False,
        )
    ]


def _latency(facts: Facts) -> list[Item]:
    if facts.ms is None or facts.p95_ms is None:
        return []
    limit = f", limit {facts.limit_ms:.0f} ms" if facts.limit_ms is not None else ""
    said = f"{facts.ms:.0f} ms against a usual {facts.median_ms:.0f} ms (p95 {facts.p95_ms:.0f} ms{limit})"
    data = {"ms": facts.ms, "median": facts.median_ms, "p95": facts.p95_ms, "limit": facts.limit_ms}
    return [("latency", said, data, False)]


def _fleet(facts: Facts) -> list[Item]:
    beside = f"{_count(facts.runs_beside, 'other run')} of this flow went on meanwhile" if facts.runs_beside else ""
    if facts.flows_failing < 2 and facts.services_failing < 2:
        return [("fleet", beside, {"runs_beside": facts.runs_beside}, False)] if beside else []
    said = (
        f"{_count(facts.flows_failing, 'flow')} failed at {facts.service} within 5 minutes"
        f" ({facts.flows_failing_share:.0%} of those that used it);"
        f" {_count(facts.services_failing, 'service')} failed here"
    )
    if facts.refused_others:
        said += f"; {facts.refused_others} of them with other credentials were refused as well"
    said += f"; {beside}" if beside else ""
    data = {
        "flows": facts.flows_failing, "share": facts.flows_failing_share, "services": facts.services_failing,
        "refused_others": facts.refused_others, "runs_beside": facts.runs_beside,
    }  # fmt: skip
    return [("fleet", said, data, False)]


def _count(count: int, of: str) -> str:
    return f"1 {of}" if count == 1 else f"{count} {of}s"


def _change(facts: Facts, found: Gathered) -> list[Item]:
    if found.last_pass is None:
        return []
    flow = "the flow changed" if facts.flow_changed else "the flow is the same"
    environment = "the environment changed" if facts.environment_changed else "the environment is the same"
    said = f"since the last pass {flow}, {environment}{_what_changed(facts)}"
    data = {
        "flow": facts.flow_changed,
        "environment": facts.environment_changed,
        "since": found.last_pass["execution_id"],
        "variables": list(facts.changed_variables),
        "secrets": facts.secrets_changed,
        "read_here": facts.change_is_read,
        "overrides": list(facts.changed_overrides),
        "service_before": facts.service_before,
    }
    return [("change", said, data, False)]


def _what_changed(facts: Facts) -> str:
    names = "a secret" if facts.secrets_changed else ", ".join(facts.changed_variables[:MOST_NAMES])
    unread = ", which this step does not read" if facts.change_is_read is False else ""
    said = f" ({names}{unread})" if facts.environment_changed and names else ""
    if facts.changed_overrides:
        said += f"; other overrides were given ({', '.join(facts.changed_overrides[:MOST_NAMES])})"
    if facts.service_before and facts.service_before != facts.service:
        said += f"; it went to {facts.service_before} then, to {facts.service or 'nowhere'} now"
    return said


def _elsewhere(found: Gathered) -> list[Item]:
    if found.elsewhere is None:
        return []
    name, at = found.elsewhere["environment"], found.elsewhere["finished_at"]
    return [
        ("other_env", f"the same step passed last in {name!r}, {at:%Y-%m-%d %H:%M} UTC", {"environment": name}, False)
    ]


def _line(text: str) -> str:
    return text.partition("\n")[0][:500]


def _short(value: Any) -> str:
    text = jsontext.dumps(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
