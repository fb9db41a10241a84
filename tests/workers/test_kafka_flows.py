"""Kafka steps through the engine: variables in a match, near misses in the record, no secret, cancel at once."""

import threading

import pytest
from django.db import connection

from executions.operations.cancel import request_cancel
from executions.status import Status
from tests.running_stack import wait_until
from tests.workers.actions.kafka_flow import fresh_topic, write
from tests.workers.actions.misbehaving import Conversation, Peer
from tests.workers.in_process import Machine, flow
from tests.workers.test_engine_interruptions import AFTER, assert_teardown_came_soon


def test_an_event_is_told_from_others_by_what_an_earlier_step_captured(engine: Machine, kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    ran = engine.run(f"""
name: Order placed
env: {{BROKERS: "{kafka_brokers}"}}
steps:
  - id: other
    action: kafka_producer
    config: {{brokers: "${{BROKERS}}", topic: {topic}, key: other, value: {{state: placed}}}}
  - id: place
    action: kafka_producer
    config: {{brokers: "${{BROKERS}}", topic: {topic}, key: "order-${{RANDOM_ID}}", value: {{state: placed}}}}
    output: {{order: key}}
  - id: seen
    action: kafka_consumer
    config:
      brokers: "${{BROKERS}}"
      topic: {topic}
      match: {{key: "${{order}}", json_path: "$.state == 'placed'"}}
    assert: [count == 1, "messages[0].key == order", "messages[0].offset == place.offset"]
""")
    assert ran.status == "passed", ran.fates
    result = ran.result("steps/seen")
    assert [miss["predicate"] for miss in result["near_misses"]] == ["match.key"]
    assert ran.step("steps/seen").service == kafka_brokers
    assert (ran.step("steps/seen").operation, ran.step("steps/seen").route) == ("CONSUME", topic)


def test_a_password_is_in_no_record(engine: Machine, kafka_brokers: str) -> None:
    ran = engine.run(
        f"""
name: Log in
steps:
  - id: write
    action: kafka_producer
    config:
      brokers: "{kafka_brokers}"
      topic: t
      value: "${{KAFKA_PASSWORD}}"
      sasl: {{mechanism: PLAIN, username: ann, password: "${{KAFKA_PASSWORD}}"}}
    timeout: 3s
""",
        secrets={"KAFKA_PASSWORD": "hush-hush-7531"},
    )
    assert Status(ran.status).is_final  # some brokers let anybody in
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM executions_payload p WHERE p::text LIKE '%hush-hush-7531%'")
        row = cursor.fetchone()
    assert row == (0,)
    assert ran.payload("steps/write").request["value"] == "‹secret:KAFKA_PASSWORD›"


def test_a_waiting_consumer_is_cancelled_with_what_it_has_read(engine: Machine, kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "early")
    config = f"{{brokers: '{kafka_brokers}', topic: {topic}, from_beginning: true, count: 2, timeout: 5m}}"
    execution = engine.start(flow(f"{{id: wait, action: kafka_consumer, config: {config}}}", teardown=AFTER))
    with engine.driving(execution) as found:
        wait_until(lambda: execution.step_runs.filter(status="running").exists(), 30, "the step runs")
        threading.Event().wait(0.5)  # into the waiting itself
        request_cancel(execution=execution, by="bob")
    [ran] = found
    assert (ran.status, ran.fates) == ("cancelled", {"steps/wait": "cancelled", "teardown/after": "passed"})
    assert_teardown_came_soon(ran)
    assert [message["value"] for message in ran.result("steps/wait")["messages"]] == ["early"]
    assert not ran.attempt("steps/wait").late_results.exists()


def test_the_step_s_own_timeout_is_how_long_it_waits(engine: Machine, kafka_brokers: str) -> None:
    config = f"{{brokers: '{kafka_brokers}', topic: {fresh_topic(kafka_brokers)}}}"
    ran = engine.run(flow(f"{{id: wait, action: kafka_consumer, config: {config}, timeout: 700ms}}"))
    step = ran.step("steps/wait")
    assert (ran.status, step.failure_kind, step.failure_code) == ("failed", "timeout", "too_few_messages")
    assert "No message came" in step.message


def test_the_deadline_of_the_flow_ends_a_waiting_consumer_with_what_it_has_read(
    engine: Machine, kafka_brokers: str
) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "early")
    config = f"{{brokers: '{kafka_brokers}', topic: {topic}, from_beginning: true, count: 2, timeout: 5m}}"
    step = f"{{id: wait, action: kafka_consumer, config: {config}, timeout: 5m}}"
    ran = engine.run(flow(step, teardown=AFTER), timeout_seconds=3)
    assert (ran.status, ran.fates) == ("timed_out", {"steps/wait": "cancelled", "teardown/after": "passed"})
    assert_teardown_came_soon(ran, since="deadline")
    assert [message["value"] for message in ran.result("steps/wait")["messages"]] == ["early"]
    assert not ran.attempt("steps/wait").late_results.exists()


STUCK = {
    "kafka_producer": "{action: kafka_producer, config: {brokers: '127.0.0.1:PORT', topic: t, value: v}",
    "kafka_consumer": "{action: kafka_consumer, config: {brokers: '127.0.0.1:PORT', topic: t, timeout: 5m}",
}


@pytest.mark.parametrize("action", STUCK)
def test_the_deadline_of_the_flow_ends_both_actions_while_they_connect(engine: Machine, action: str) -> None:
    with Peer(Conversation.wait) as peer:
        step = STUCK[action].replace("PORT", str(peer.port)) + ", id: stuck, timeout: 5m}"
        ran = engine.run(flow(step, teardown=AFTER), timeout_seconds=1)
    assert (ran.status, ran.fates) == ("timed_out", {"steps/stuck": "cancelled", "teardown/after": "passed"})
    assert_teardown_came_soon(ran, since="deadline")
    assert not ran.attempt("steps/stuck").late_results.exists()


@pytest.mark.parametrize("action", STUCK)
def test_cancel_reaches_both_actions_while_they_connect(engine: Machine, action: str) -> None:
    with Peer(Conversation.wait) as peer:
        step = STUCK[action].replace("PORT", str(peer.port)) + ", id: stuck, timeout: 5m}"
        execution = engine.start(flow(step, teardown=AFTER))
        with engine.driving(execution) as found:
            wait_until(peer.connected.is_set, 30, "it is stuck while it connects")
            request_cancel(execution=execution, by="bob")
    [ran] = found
    assert (ran.status, ran.fates) == ("cancelled", {"steps/stuck": "cancelled", "teardown/after": "passed"})
    assert_teardown_came_soon(ran)
    assert not ran.attempt("steps/stuck").late_results.exists()
