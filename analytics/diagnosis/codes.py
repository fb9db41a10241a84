"""What a failure's code says by itself: the rule, and its points. Every code that is ever recorded has a place. Pure.

Points are those of docs/analytics.md: 3.5 and more for one cause alone where the code can hardly mean another.
"""

from typing import Final

from analytics.diagnosis.points import Points
from analytics.diagnosis.points import points_for as p

Said = tuple[str, Points]

_RESET: Final = ("reset", p(service=2.5, timing=0.5))
_LATE: Final = ("read_timeout", p(service=1, timing=2.5))
_AUTH: Final = ("auth", p(environment=3.5))
_RIGHTS: Final = ("rights", p(environment=3.5))
_UNSENT: Final = ("cannot_be_sent", p(data=2))
_FILES: Final = ("worker_files", p(environment=3))
_ADDRESS: Final = ("address", p(environment=2.5, data=0.5))
_REDIRECTS: Final = ("redirects", p(service=1.5, environment=1.5))
_UNREADABLE: Final = ("bad_response", p(service=2.5))
_TOO_LARGE: Final = ("too_large", p(service=0.5, data=2))
_NOT_WHOLE: Final = ("kafka_leader", p(service=2.5))
_NO_METHOD: Final = ("no_method", p(service=1.5, environment=1))
_REFLECTION: Final = ("reflection", p(service=1.5, environment=1.5))
_LOCK: Final = ("lock", p(timing=3.5))
_CONSTRAINT: Final = ("constraint", p(data=3.5))
_NO_ROOM: Final = ("no_room", p(service=2.5, environment=1))
_SCHEMA: Final = ("no_table", p(service=1, environment=2.5))
_BUSY: Final = ("busy", p(service=1, timing=2.5))

_CODES: Final[dict[str, Said]] = {
    # on the way to the target
    "dns": ("dns", p(environment=4)),
    "no_route": ("no_route", p(environment=3)),
    "egress_denied": ("egress", p(environment=4)),
    "proxy": ("proxy", p(environment=3)),
    "refused": ("refused", p(service=2, environment=2)),
    "unreachable": ("unreachable", p(service=1.5, environment=1.5)),
    "connect_timeout": ("connect_timeout", p(service=1, environment=2.5)),
    "reset": _RESET, "incomplete": _RESET,
    # waiting
    "read_timeout": _LATE, "timeout": _LATE, "unconfirmed": _LATE, "uncommitted": _LATE,
    "poll_timeout": ("poll", p(timing=3)),
    "flow_timed_out": ("flow_timed_out", p(service=1, timing=2.5)),
    "too_few_messages": ("no_message", p(service=0.5, data=0.5, timing=2)),
    "proto": ("flow_timed_out", p(timing=1)),
    # what came back
    "bad_response": _UNREADABLE, "bad_encoding": _UNREADABLE,
    "too_large": _TOO_LARGE, "message_too_large": _TOO_LARGE,
    "too_many_redirects": _REDIRECTS, "bad_redirect": _REDIRECTS,
    "oauth_unavailable": ("identity_provider", p(service=3.5)),
    "oauth_refused": _AUTH,
    # the flow, its environment and the worker
    "connection": _ADDRESS, "address": _ADDRESS,
    "no_file": _FILES, "tls_files": _FILES, "local_files": _FILES, "no_driver": _FILES,
    "config": ("config", p(environment=1.5, data=1)),
    **dict.fromkeys(
        ("params", "copy", "transaction", "bad_request", "bad_body", "bad_value", "bad_metadata", "bad_proto",
         "bad_descriptor", "ambiguous_service", "too_many_steps", "flow_refused"), _UNSENT),
    # gRPC
    "no_service": _NO_METHOD, "no_method": _NO_METHOD, "reflection": _REFLECTION, "no_reflection": _REFLECTION,
    # Kafka
    "auth": _AUTH, "forbidden": _RIGHTS,
    "unknown_topic": ("kafka_topic", p(environment=3.5)),
    "unknown_partition": ("kafka_topic", p(environment=2.5, data=0.5)),
    "no_leader": _NOT_WHOLE, "not_enough_replicas": _NOT_WHOLE, "not_enough_replicas_after_append": _NOT_WHOLE,
    "invalid_record": _UNSENT,
    # Redis
    "noauth": _AUTH, "wrongpass": _AUTH, "noperm": _RIGHTS,
    "readonly": ("read_only", p(service=1, environment=2)),
    "oom": _NO_ROOM, "clusterdown": _NOT_WHOLE, "masterdown": _NOT_WHOLE,
    "moved": ("address", p(environment=2.5)), "ask": ("address", p(environment=2.5)),
    "loading": ("starting", p(service=2, timing=2)),
    "busy": _BUSY, "tryagain": _BUSY,
    "wrongtype": ("wrong_type", p(data=3)),
    # SQLite
    "sqlite_busy": _LOCK, "sqlite_locked": _LOCK,
    "sqlite_readonly": ("read_only", p(service=1, environment=2)),
    "sqlite_cantopen": _FILES, "sqlite_notadb": _FILES,
    "sqlite_full": _NO_ROOM, "sqlite_ioerr": _NO_ROOM, "sqlite_corrupt": ("bad_response", p(service=3)),
    "sqlite_error": _SCHEMA,
    # MySQL and MariaDB
    **dict.fromkeys(("sql_1044", "sql_1045", "sql_1049", "sql_1142", "sql_1143"), _AUTH),
    **dict.fromkeys(("sql_1048", "sql_1062", "sql_1264", "sql_1366", "sql_1406", "sql_1451", "sql_1452"), _CONSTRAINT),
    **dict.fromkeys(("sql_1205", "sql_1213", "sql_3572"), _LOCK),
    **dict.fromkeys(("sql_1054", "sql_1146"), _SCHEMA),
    **dict.fromkeys(("sql_1040", "sql_1203", "sql_1114"), _NO_ROOM),
    "sql_1064": _UNSENT,
}  # fmt: skip
_GRPC: Final[dict[str, Points]] = {
    "unavailable": p(service=2, environment=1),
    "deadline_exceeded": p(service=1, timing=2.5),
    "unauthenticated": p(environment=3),
    "permission_denied": p(environment=3),
    "internal": p(service=3.5),
    "unknown": p(service=2.5),
    "data_loss": p(service=3.5),
    "unimplemented": p(service=1.5, environment=1),
    "cancelled": p(service=1.5, timing=1),
    "not_found": p(data=2.5),
    "already_exists": p(data=2.5),
    "invalid_argument": p(data=2.5),
    "failed_precondition": p(data=2.5),
    "out_of_range": p(data=2.5),
    "resource_exhausted": p(environment=1, timing=2.5),
    "aborted": p(timing=2.5),
}
# By the beginning of an SQLSTATE; the first that fits.
_SQL: Final = (
    (("42501",), p(environment=3.5)),
    (("42P01", "42703", "42883"), p(service=1, environment=2.5)),
    (("40001", "40P01", "55P03"), p(timing=3.5)),
    (("57014", "55006", "25P03"), p(service=0.5, timing=3)),
    (("57P", "53"), p(service=2.5, environment=1)),
    (("25006",), p(environment=1.5, data=1.5)),  # a replica, or a plain query that was meant to write
    (("08", "28", "3D", "3F"), p(environment=3.5)),
    (("22", "23", "44"), p(data=3.5)),
    (("58", "XX"), p(service=3.5)),
    (("P0", "21"), p(data=2.5)),
    (("42", "54", "0A"), p(data=2)),
)
_STATUS: Final[tuple[tuple[frozenset[int], Points], ...]] = (
    (frozenset({500, 501}), p(service=3.5)),
    (frozenset({502, 503, *range(520, 528)}), p(service=3, environment=0.5)),
    (frozenset({504}), p(service=1.5, timing=2)),
    (frozenset({511, 407}), p(environment=3.5)),
    (frozenset(range(505, 600)), p(service=3)),
    (frozenset({401, 403}), p(environment=3)),
    (frozenset({404, 409, 410, 422, 400}), p(data=2.5)),
    (frozenset({429}), p(environment=1, timing=2.5)),
    (frozenset({408, 425}), p(service=0.5, timing=2.5)),
    (frozenset({423, 412, 428}), p(data=1.5, timing=1.5)),
    (frozenset({402, 421}), p(environment=1.5, data=1)),
    (frozenset({405, 406, 415, 426}), p(service=1.5, environment=1)),
    (frozenset({413, 414, 431}), p(data=2)),
    (frozenset(range(300, 400)), p(service=1, environment=1.5)),
    (frozenset(range(400, 500)), p(service=1, data=1.5)),
)  # fmt: skip


def by_code(kind: str, code: str) -> Said | None:
    """None where the code says nothing of the target."""
    if code.startswith("tls") and code not in _CODES:
        return "tls", p(environment=4)
    if found := _CODES.get(code):
        return found
    if code.startswith("grpc_"):
        return code, _GRPC.get(code[5:], p(service=1.5))
    if code.startswith("sqlstate_"):
        state = code[9:]
        return f"sqlstate_{state[:2]}", next((say for starts, say in _SQL if state.startswith(starts)), p(service=1))
    if code.startswith("sqlite_constraint") or code in {"sqlite_mismatch", "sqlite_toobig"}:
        return _CONSTRAINT
    if kind == "worker_lost" or code == "internal":
        return "own_fault", p(environment=1)
    if kind == "action" and code != "flow_cancelled":
        return "said_no", p(service=1.5, data=1)
    return None


def by_status(status: int) -> Points | None:
    """Of an HTTP status that is no success."""
    return next((points for statuses, points in _STATUS if status in statuses), None)
