"""
Every action against every fault: the test that proves what happens, or why it cannot happen.

A test is named by its file, from `tests/`, and its function. tests/workers/test_fault_matrix.py holds that every action
the language knows has a cell for every fault, and that every test named here exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Proof:
    """These tests make it happen, and look at the kind, the code and the sentence of the failure; around each of them
    threads and sockets are counted (tests/workers/conftest.py).
    """

    tests: tuple[str, ...]


@dataclass(frozen=True)
class Never:
    reason: str


@dataclass(frozen=True)
class Through:
    """Each try is one of that action, run by its own code: what is proved there is proved here."""

    action: str


Cell = Proof | Never | Through
Row = Mapping[str, Cell]

FAULTS: Final = (
    "refused",
    "dns",
    "tls expired",
    "tls wrong host",
    "tls untrusted",
    "connect time-out",
    "read time-out",
    "reset",
    "half an answer",
    "slow drip",
    "target's own error",
    "wrong credentials",
    "wrong type",
    "huge answer",
    "cancelled in each phase",
    "deadline in each phase",
)


def by(*tests: str) -> Proof:
    return Proof(tests)


def of(file: str, tests: Mapping[str, str]) -> dict[str, Cell]:
    """Cells proved by one file each; several functions have spaces between them."""
    return {fault: Proof(tuple(f"{file}::{name}" for name in names.split())) for fault, names in tests.items()}


ENGINE: Final = "workers/test_engine_stops_every_action.py"
INTERRUPTIONS: Final = "workers/test_engine_interruptions.py"
HTTP: Final = "workers/actions/test_http_request_failures.py"
SQL: Final = "workers/actions/test_database_query.py"
SQL_CONNECTING: Final = "workers/actions/test_database_query_connecting.py"
SQL_PEERS: Final = "workers/actions/test_database_query_failures.py"
REDIS: Final = "workers/actions/test_redis_failures.py"
REDIS_TIME: Final = "workers/actions/test_redis.py"
KAFKA: Final = "workers/actions/test_kafka_failures.py"
KAFKA_ENGINE: Final = "workers/test_kafka_flows.py"
GRPC: Final = "workers/actions/test_grpc_call_failures.py"
STREAM: Final = "workers/actions/test_grpc_stream_failures.py"
LOCAL: Final = "workers/actions/test_local.py"

HTTP_ROW: Row = {
    **of(
        HTTP,
        {
            "refused": "test_a_refused_connection",
            "dns": "test_an_unknown_name",
            "tls expired": "test_an_expired_certificate",
            "tls wrong host": "test_a_certificate_for_another_host",
            "tls untrusted": "test_an_untrusted_certificate_and_not_asking",
            "connect time-out": "test_a_deadline_and_an_abort_end_a_connect_that_nobody_answers",
            "read time-out": "test_a_deadline_ends_it_while_it",
            "reset": "test_a_reset test_a_body_reset_in_the_middle_is_kept",
            "half an answer": "test_half_a_response_fails_and_is_kept",
            "slow drip": "test_a_deadline_ends_it_while_it",
            "huge answer": "test_a_body_without_an_end_is_cut_off",
        },
    ),
    "target's own error": by(
        "workers/actions/test_http_request.py::test_a_status_is_never_a_failure_by_itself",
        "workers/test_engine.py::test_a_target_that_says_no_has_answered_and_the_assertions_judge_it",
    ),
    "wrong credentials": by("workers/actions/test_http_request.py::test_a_refused_oauth_client_fails_the_step"),
    "wrong type": by(f"{HTTP}::test_what_is_not_http", f"{HTTP}::test_a_body_that_is_not_what_its_encoding_says"),
    "cancelled in each phase": by(f"{HTTP}::test_an_abort_ends_it_while_it", f"{ENGINE}::test_cancel"),
    "deadline in each phase": by(f"{HTTP}::test_a_deadline_ends_it_while_it", f"{ENGINE}::test_the_deadline"),
}

SQL_ROW: Row = {  # SQLite is in this process: of these it knows its own errors, types, limits, time and cancel
    **of(
        SQL_CONNECTING,
        {
            "refused": "test_nobody_there",
            "dns": "test_nobody_there",
            "connect time-out": "test_a_deadline_and_an_abort_end_a_login_that_nobody_answers",
            "read time-out": "test_a_long_query_is_stopped_in_the_server_as_well",
            "wrong credentials": "test_a_wrong_password_is_told_without_showing_it",
        },
    ),
    **of(
        SQL,
        {
            "target's own error": "test_bad_sql test_a_violated_constraint test_details_of_an_error_are_kept",
            "wrong type": "test_parameters_that_do_not_fit",
        },
    ),
    **of(
        SQL_PEERS,
        {
            "tls expired": "test_a_certificate_that_is_no_good",
            "tls wrong host": "test_a_certificate_that_is_no_good",
            "tls untrusted": "test_a_certificate_that_is_no_good",
            "reset": "test_an_answer_that_breaks_off",
            "half an answer": "test_an_answer_that_breaks_off",
            "slow drip": "test_an_answer_that_drips_is_ended_by_the_deadline_and_by_an_abort",
        },
    ),
    "huge answer": by(
        f"{SQL}::test_rows_beyond_the_limit_are_cut_and_counted",
        f"{SQL_PEERS}::test_an_answer_without_an_end_keeps_what_the_step_may_keep_and_ends_with_its_time",
    ),
    "cancelled in each phase": by(
        f"{ENGINE}::test_cancel",
        f"{SQL_CONNECTING}::test_reading_many_rows_can_be_aborted",
        f"{SQL}::test_an_endless_sqlite_query_is_interrupted",
    ),
    "deadline in each phase": by(f"{ENGINE}::test_the_deadline", f"{SQL}::test_an_endless_sqlite_query_is_interrupted"),
}

REDIS_ROW: Row = {
    **of(
        REDIS,
        {
            "refused": "test_nothing_listens",
            "dns": "test_an_unknown_name",
            "tls expired": "test_a_certificate_that_is_no_good",
            "tls wrong host": "test_a_certificate_that_is_no_good",
            "tls untrusted": "test_a_certificate_that_is_no_good",
            "connect time-out": "test_a_connect_that_nobody_answers",
            "reset": "test_a_server_that_breaks_off",
            "half an answer": "test_a_server_that_breaks_off",
            "target's own error": "test_a_refusal",
            "wrong credentials": "test_a_wrong_password",
            "wrong type": "test_a_refusal",
        },
    ),
    **of(
        REDIS_TIME,
        {
            "read time-out": "test_a_deadline_and_an_abort_end_it",
            "slow drip": "test_a_deadline_and_an_abort_end_it",
            "cancelled in each phase": "test_a_deadline_and_an_abort_end_it test_a_deadline_and_an_abort_end_a_connect",
            "deadline in each phase": "test_a_deadline_and_an_abort_end_it test_a_deadline_and_an_abort_end_a_connect",
        },
    ),
    "huge answer": Never("The server answers OK, or a number."),
}
REDIS_GET_ROW: Row = {
    **REDIS_ROW,
    "huge answer": by(f"{REDIS}::test_a_value_too_large_to_read_is_never_asked_for"),
    "cancelled in each phase": by(f"{ENGINE}::test_cancel"),
    "deadline in each phase": by(f"{ENGINE}::test_the_deadline"),
}

KAFKA_ROW: Row = {
    **of(
        KAFKA,
        {
            "refused": "test_refused_and_unknown_names",
            "dns": "test_refused_and_unknown_names",
            "tls expired": "test_certificates_that_are_not_good",
            "tls wrong host": "test_certificates_that_are_not_good",
            "tls untrusted": "test_certificates_that_are_not_good",
            "connect time-out": "test_a_deadline_and_an_abort_end_a_connect",
            "read time-out": "test_a_deadline_and_an_abort_end_it",
            "reset": "test_a_peer_that_breaks_off test_a_broker_that_dies_while_a_step_waits",
            "half an answer": "test_a_peer_that_breaks_off",
            "slow drip": "test_a_deadline_and_an_abort_end_it",
            "target's own error": "test_what_brokers_say",
            "wrong credentials": "test_a_wrong_name_or_password test_a_right_name_and_a_wrong_one",
            "wrong type": "test_a_peer_that_breaks_off",
        },
    ),
    "cancelled in each phase": by(
        f"{KAFKA}::test_a_deadline_and_an_abort_end_it",
        f"{KAFKA}::test_a_deadline_and_an_abort_end_a_connect",
        f"{KAFKA_ENGINE}::test_cancel_reaches_both_actions_while_they_connect",
    ),
    "deadline in each phase": by(
        f"{KAFKA}::test_a_deadline_and_an_abort_end_it",
        f"{KAFKA}::test_a_deadline_and_an_abort_end_a_connect",
        f"{KAFKA_ENGINE}::test_the_deadline_of_the_flow_ends_both_actions_while_they_connect",
    ),
}
PRODUCER_ROW: Row = {
    **KAFKA_ROW,
    "read time-out": by(f"{KAFKA}::test_a_message_that_nobody_confirms", f"{KAFKA}::test_a_broker_that_falls_silent"),
    "target's own error": by(
        f"{KAFKA}::test_a_message_larger_than_the_broker_takes", f"{KAFKA}::test_what_brokers_say"
    ),
    "huge answer": Never("A broker answers where it put a message, and no more."),
}
CONSUMER_ROW: Row = {
    **KAFKA_ROW,
    "read time-out": by(f"{KAFKA}::test_a_step_timeout_while_waiting_is_told_with_what_came"),
    "huge answer": by(f"{KAFKA}::test_more_than_a_step_keeps"),
    "cancelled in each phase": by(
        f"{KAFKA}::test_a_waiting_consumer_leaves_at_once_and_keeps_what_came",
        f"{KAFKA_ENGINE}::test_a_waiting_consumer_is_cancelled_with_what_it_has_read",
        f"{KAFKA_ENGINE}::test_cancel_reaches_both_actions_while_they_connect",
    ),
    "deadline in each phase": by(
        f"{KAFKA_ENGINE}::test_the_deadline_of_the_flow_ends_a_waiting_consumer_with_what_it_has_read",
        f"{KAFKA_ENGINE}::test_the_deadline_of_the_flow_ends_both_actions_while_they_connect",
    ),
}

GRPC_ROW: Row = {
    **of(
        GRPC,
        {
            "refused": "test_a_refused_connection",
            "dns": "test_an_unknown_name",
            "tls expired": "test_an_expired_certificate",
            "tls wrong host": "test_a_certificate_for_another_host_and_its_name",
            "tls untrusted": "test_an_untrusted_certificate_and_not_asking",
            "connect time-out": "test_a_deadline_and_an_abort_end_a_connect_that_nobody_answers",
            "read time-out": "test_a_deadline_ends_it_while_it",
            "reset": "test_a_server_that_resets_and_one_that_hangs_up",
            "half an answer": "test_a_connection_broken_in_the_middle",
            "slow drip": "test_a_deadline_ends_it_while_it",
            "wrong type": "test_what_is_no_grpc test_a_response_that_is_not_the_message_it_should_be",
            "huge answer": "test_one_huge_response test_many_responses",
        },
    ),
    "cancelled in each phase": by(f"{GRPC}::test_an_abort_ends_it_while_it", f"{ENGINE}::test_cancel"),
    "deadline in each phase": by(f"{GRPC}::test_a_deadline_ends_it_while_it", f"{ENGINE}::test_the_deadline"),
    "target's own error": by("workers/actions/test_grpc_call.py::test_a_status_fails_the_step"),
    "wrong credentials": by(
        "workers/actions/test_grpc_call.py::test_every_status_has_its_name", f"{GRPC}::test_a_client_certificate"
    ),
}
STREAM_ROW: Row = {
    **GRPC_ROW,
    **of(
        STREAM,
        {
            "refused": "test_nobody_there",
            "dns": "test_nobody_there",
            "tls expired": "test_a_certificate_that_is_no_good",
            "tls wrong host": "test_a_certificate_that_is_no_good",
            "tls untrusted": "test_a_certificate_that_is_no_good",
            "connect time-out": "test_a_connect_that_nobody_answers",
            "reset": "test_a_reset",
            "read time-out": "test_a_stream_that_falls_silent_or_drips_ends_with_the_deadline_and_an_abort",
            "slow drip": "test_a_stream_that_falls_silent_or_drips_ends_with_the_deadline_and_an_abort",
        },
    ),
    "cancelled in each phase": by(
        f"{STREAM}::test_a_stream_that_falls_silent_or_drips_ends_with_the_deadline_and_an_abort",
        f"{ENGINE}::test_cancel",
    ),
    "deadline in each phase": by(
        f"{STREAM}::test_a_stream_that_falls_silent_or_drips_ends_with_the_deadline_and_an_abort",
        f"{ENGINE}::test_the_deadline",
    ),
    "half an answer": by(f"{GRPC}::test_what_came_before_it_broke_is_kept"),
    "target's own error": by("workers/actions/test_grpc_call.py::test_a_stream_that_ends_badly_keeps_what_came"),
}

NO_TARGET: Final = Never("It speaks to nobody: it happens in the worker.")
LOCAL_ROW: Row = {
    **dict.fromkeys(FAULTS, NO_TARGET),
    "wrong type": by(f"{LOCAL}::test_wrong_configs_are_refused"),
    "cancelled in each phase": Never(
        "It is over in less time than an abort takes; cancel is seen when its result is committed."
    ),
    "deadline in each phase": Never("It is over at once; the deadline is seen when its result is committed."),
}
DELAY_ROW: Row = {
    **LOCAL_ROW,
    "cancelled in each phase": by(
        f"{INTERRUPTIONS}::test_cancel_during_a_delay",
        f"{INTERRUPTIONS}::test_cancel_during_a_short_delay_that_is_slept",
    ),
    "deadline in each phase": by(
        f"{INTERRUPTIONS}::test_the_deadline_ends_what_waits",
        f"{LOCAL}::test_a_delay_ends_with_an_abort_or_the_deadline",
    ),
}
ASSERT_ROW: Row = {
    **LOCAL_ROW,
    "target's own error": by(f"{LOCAL}::test_assertions_are_all_handed_over_and_their_first_failure_is_told"),
}

HOLDING_ROW: Row = {
    **dict.fromkeys(FAULTS, Never("It speaks to nobody: the steps in it do, and have rows of their own.")),
    "wrong type": Never(
        "What it is given is read before any of its steps begins: a failure of its template or config."
    ),
}

WAITS: Final = "workers/test_engine_waits.py"
CALLS: Final = "workers/test_engine_calls.py"
WAIT_UNTIL_ROW: Row = {
    **HOLDING_ROW,
    "cancelled in each phase": by(f"{WAITS}::test_a_cancel_ends_the_waiting_between_two_rounds"),
    "read time-out": by(f"{WAITS}::test_waiting_in_vain_fails_and_says_for_what"),
}
RUN_FLOW_ROW: Row = {
    **HOLDING_ROW,
    "target's own error": by(f"{CALLS}::test_a_flow_that_fails_fails_the_step_for_its_reason"),
    "read time-out": by(f"{CALLS}::test_its_time_out_reaches_the_other_flow"),
    "cancelled in each phase": by(f"{CALLS}::test_a_cancel_reaches_the_other_flow_and_its_teardown_is_waited_for"),
}
WAIT_FOR_ROW: Row = {  # what fails means "not yet", and the last of it is told when the time is up
    **dict.fromkeys(FAULTS, Through("http_request")),
    "refused": by(f"{WAITS}::test_a_port_nobody_listens_at_is_told_with_the_last_answer"),
}
DB_POLL_ROW: Row = {
    **dict.fromkeys(FAULTS, Through("database_query")),
    "wrong type": by(f"{WAITS}::test_a_condition_in_parts_and_an_answer_that_never_comes"),
}

MATRIX: Final[Mapping[str, Row]] = {
    "http_request": HTTP_ROW,
    "database_query": SQL_ROW,
    "kafka_producer": PRODUCER_ROW,
    "kafka_consumer": CONSUMER_ROW,
    "redis_get": REDIS_GET_ROW,
    "redis_set": REDIS_ROW,
    "redis_del": REDIS_ROW,
    "redis_exists": REDIS_ROW,
    "grpc_call": GRPC_ROW,
    "grpc_stream": STREAM_ROW,
    "delay": DELAY_ROW,
    "log": LOCAL_ROW,
    "assert": ASSERT_ROW,
    "set": LOCAL_ROW,
    "wait_for": WAIT_FOR_ROW,
    "db_poll": DB_POLL_ROW,
    # These hold other steps, and end when those do.
    "for_each": HOLDING_ROW,
    "parallel": HOLDING_ROW,
    "condition": HOLDING_ROW,
    "wait_until": WAIT_UNTIL_ROW,
    "run_flow": RUN_FLOW_ROW,
}
