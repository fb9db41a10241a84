"""What is tried again, when, and what the record says of each try."""

from datetime import timedelta
from itertools import count, pairwise

import pytest

from executions.models import Attempt, Payload
from executions.status import Status
from tests.workers.in_process import Machine, Ran, flow

_keys = count(1)


def ask(
    lab: str, *, fail: int, status: int = 503, retry: str = "{max_attempts: 3, delay: 10ms}", more: str = ""
) -> str:
    """A step that calls the lab's flaky endpoint, which fails its first calls."""
    url = f"{lab}/lab/flaky?key=k{next(_keys)}&fail={fail}&status={status}"
    assertion = "{expression: status == 200, message: it was busy}"
    return f"{{id: ask, action: http_request, config: {{url: '{url}'}}, assert: [{assertion}], retry: {retry}{more}}}"


def waits(ran: Ran, path: str) -> list[float]:
    """Seconds between the end of each attempt and the time the next was due."""
    found = []
    for before, after in pairwise(ran.attempts(path)):
        assert before.finished_at is not None
        found.append((after.due_at - before.finished_at) / timedelta(seconds=1))
    return found


def test_a_step_that_passes_late_is_recovered_and_keeps_every_attempt(engine: Machine, lab: str) -> None:
    ran = engine.run(flow(ask(lab, fail=2, more=", output: {calls: body.call}")))
    step = ran.step("steps/ask")
    assert (ran.status, step.status, step.recovered, step.attempts) == (Status.PASSED, "passed", True, 3)
    attempts = ran.attempts("steps/ask")
    assert [(a.number, a.status, a.failure_kind) for a in attempts] == [
        (1, "failed", "assertion"),
        (2, "failed", "assertion"),
        (3, "passed", ""),
    ]
    answers = [Payload.objects.get(attempt_id=attempt.pk).response["status"] for attempt in attempts]
    assert answers == [503, 503, 200]
    assert ran.captured("steps/ask") == {"calls": 3}
    assert (ran.execution.retry_count, ran.execution.recovered_count) == (2, 1)
    assert [event.type for event in ran.told if "step" in event.type] == [
        "step.started", "step.retrying", "step.started", "step.retrying", "step.started", "step.finished",
    ]  # fmt: skip


def test_a_step_that_never_passes_fails_with_its_last_failure(engine: Machine, lab: str) -> None:
    ran = engine.run(flow(ask(lab, fail=9, retry="{max_attempts: 2, delay: 10ms}")))
    step = ran.step("steps/ask")
    assert (ran.status, step.status, step.recovered, step.attempts) == (Status.FAILED, "failed", False, 2)
    assert [a.status for a in ran.attempts("steps/ask")] == ["failed", "failed"]


def test_the_flow_may_say_how_every_step_is_tried(engine: Machine, lab: str) -> None:
    text = ask(lab, fail=1).replace(", retry: {max_attempts: 3, delay: 10ms}", "")
    ran = engine.run(flow(text, config="{retry: {max_attempts: 2, delay: 10ms}}"))
    assert (ran.status, ran.step("steps/ask").attempts) == (Status.PASSED, 2)


@pytest.mark.parametrize(
    ("rules", "attempts"),
    [
        ("retry_on: [assertion]", 2),
        ("retry_on: [timeout, unreachable]", 1),
        ("retry_on: [any]", 2),
        ("retry_on: ['status == 503']", 2),
        ("retry_on: ['status == 404']", 1),
        ("retry_on: ['body.nothing.there == 1']", 1),
        ("retry_on: [any], retry_on_not: [assertion]", 1),
        ("retry_on: [any], retry_on_not: ['status == 503']", 1),
        ("retry_on_not: ['status == 404']", 2),
        ("retry_on_not: [assertion]", 1),
    ],
)
def test_rules_say_what_is_tried_again(engine: Machine, lab: str, rules: str, attempts: int) -> None:
    ran = engine.run(flow(ask(lab, fail=1, retry=f"{{max_attempts: 2, delay: 10ms, {rules}}}")))
    assert ran.step("steps/ask").attempts == attempts


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("{id: s, action: log, config: {message: '${NOWHERE}'}, retry: {max_attempts: 3, delay: 10ms}}", "template"),
        (
            "{id: s, action: http_request, config: {url: '${URL}'}, retry: {max_attempts: 3, delay: 10ms}}",
            "config",
        ),
    ],
)
def test_a_flow_that_is_wrong_is_not_tried_again(engine: Machine, step: str, kind: str) -> None:
    ran = engine.run(flow(step, env="{URL: 'nonsense'}"))
    assert (ran.step("steps/s").failure_kind, ran.step("steps/s").attempts) == (kind, 1)


def test_an_unreachable_target_is_tried_again_under_its_old_name(engine: Machine) -> None:
    retry = "{max_attempts: 2, delay: 10ms, retry_on: [connection_error]}"
    ran = engine.run(flow(f"{{id: s, action: http_request, config: {{url: 'http://127.0.0.1:1/'}}, retry: {retry}}}"))
    assert (ran.step("steps/s").failure_kind, ran.step("steps/s").attempts) == ("unreachable", 2)


@pytest.mark.parametrize(
    ("backoff", "expected"),
    [("exponential", [0.1, 0.2, 0.25]), ("linear", [0.1, 0.2, 0.25]), ("constant", [0.1, 0.1, 0.1])],
)
def test_the_wait_between_attempts_grows_as_it_says(
    engine: Machine, lab: str, backoff: str, expected: list[float]
) -> None:
    retry = f"{{max_attempts: 4, delay: 100ms, backoff: {backoff}, max_delay: 250ms}}"
    ran = engine.run(flow(ask(lab, fail=9, retry=retry)))
    assert waits(ran, "steps/ask") == pytest.approx(expected, abs=0.001)


def test_numbers_of_the_policy_may_be_templates(engine: Machine, lab: str) -> None:
    retry = "{max_attempts: '${TRIES}', delay: '${WAIT}'}"
    ran = engine.run(flow(ask(lab, fail=9, retry=retry), env="{TRIES: 2, WAIT: 20ms}"))
    assert waits(ran, "steps/ask") == pytest.approx([0.02], abs=0.001)


def test_every_attempt_sends_the_same_random_values(engine: Machine, lab: str) -> None:
    step = (
        f"{{id: ask, action: http_request, config: {{method: POST, url: '{lab}/lab/echo',"
        " json: {id: '${random.uuid}', n: '${random.int(1, 1000000000)}'}},"
        " assert: [status == 500], retry: {max_attempts: 3, delay: 10ms}}"
    )
    ran = engine.run(flow(step))
    sent = [Payload.objects.get(attempt_id=attempt.pk).request["body"] for attempt in ran.attempts("steps/ask")]
    assert len(sent) == 3
    assert sent[0] == sent[1] == sent[2]
    assert all(attempt.draws for attempt in Attempt.objects.filter(step_run=ran.step("steps/ask")))


def test_an_attempt_that_takes_too_long_is_a_timeout_and_is_tried_again(engine: Machine, lab: str) -> None:
    step = (
        f"{{id: ask, action: http_request, timeout: 300ms, config: {{url: '{lab}/lab/slow?seconds=5'}},"
        " retry: {max_attempts: 2, delay: 10ms, retry_on: [timeout]}}"
    )
    ran = engine.run(flow(step))
    assert (ran.step("steps/ask").failure_kind, ran.step("steps/ask").attempts) == ("timeout", 2)
    for attempt in ran.attempts("steps/ask"):
        assert attempt.finished_at is not None
        assert 0.29 <= (attempt.finished_at - attempt.started_at).total_seconds() < 10


def test_a_failure_says_where_nobody_could_tell_whether_to_try_again(engine: Machine) -> None:
    never = "{id: ask, action: assert, config: {assertions: [1 == 2]}"
    retry = "retry: {max_attempts: 3, delay: 10ms, retry_on: ['body.state == 1', timeout]}}"
    ran = engine.run(flow(f"{never}, {retry}"))
    step = ran.step("steps/ask")
    assert (ran.status, step.attempts) == (Status.FAILED, 1)
    assert step.message.endswith("It is not tried again: retry_on body.state == 1: There is no body.")
    # Nothing of the kind where it was clear, or another one matched
    clear = engine.run(flow(f"{never}, {retry.replace('body.state == 1', '1 == 3')}"))
    assert "tried again" not in clear.step("steps/ask").message
    matched = engine.run(flow(f"{never}, {retry.replace('timeout', 'any')}"))
    assert (matched.step("steps/ask").attempts, "not tried" in matched.step("steps/ask").message) == (3, False)
