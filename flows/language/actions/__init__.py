"""Every action the language knows. To add one: write <name>.py beside this, then a line here."""

from flows.language.actions import (
    assert_,
    condition,
    database_query,
    db_poll,
    delay,
    for_each,
    grpc_call,
    grpc_stream,
    http_request,
    kafka_consumer,
    kafka_producer,
    log,
    parallel,
    redis_del,
    redis_exists,
    redis_get,
    redis_set,
    run_flow,
    set_,
    wait_for,
    wait_until,
)
from flows.language.actions.base import ActionSpecs

SPECS = ActionSpecs(
    [
        http_request.SPEC,
        database_query.SPEC,
        kafka_producer.SPEC,
        kafka_consumer.SPEC,
        redis_get.SPEC,
        redis_set.SPEC,
        redis_del.SPEC,
        redis_exists.SPEC,
        grpc_call.SPEC,
        grpc_stream.SPEC,
        delay.SPEC,
        log.SPEC,
        assert_.SPEC,
        set_.SPEC,
        condition.SPEC,
        for_each.SPEC,
        parallel.SPEC,
        wait_for.SPEC,
        wait_until.SPEC,
        db_poll.SPEC,
        run_flow.SPEC,
    ]
)
