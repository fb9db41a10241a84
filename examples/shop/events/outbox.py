"""The outbox: an event is a row of the same transaction as the change it tells of, so it is told of always and once."""

from collections.abc import Mapping
from threading import Event
from typing import Final

from psycopg import Connection
from psycopg.rows import DictRow

from examples.shop.events.topics import EVENT_TYPE
from examples.shop.faults.board import HEADER, Faults, texts_in
from examples.shop.faults.wrong import with_wrong_field
from examples.shop.messages import Json, encode

_JSON: Final = {"content-type": "application/json"}


class Outbox:
    """`wake` is set when there is something to do for the relay. One that is not `open` takes nothing."""

    def __init__(self, faults: Faults, *, is_open: bool) -> None:
        self._faults = faults
        self.is_open = is_open
        self.wake = Event()

    def announce(self, connection: Connection[DictRow], event: str, *, key: str, value: Json) -> None:
        """Put an event of the shop into the transaction at hand, as the fault panel would have it."""
        if not self.is_open:
            return
        headers = {EVENT_TYPE: event, **_JSON}
        given = sorted(self._faults.keys())
        if given:
            headers[HEADER] = ",".join(given)
        late, copies = 0.0, 1
        for fault in self._faults.struck("events", {event, *given, *texts_in([value])}):
            match fault.kind:
                case "delay":
                    late += fault.seconds
                case "lose":
                    copies = 0
                case "double":
                    copies *= 2
                case "wrong_data":
                    value = with_wrong_field(value, fault.field, fault.value)
        if copies:
            put(connection, event, key=key, value=encode(value).decode(), headers=headers, late=late, copies=copies)


def put(
    connection: Connection[DictRow],
    topic: str,
    *,
    key: str | None,
    value: str,
    headers: Mapping[str, str],
    late: float = 0,
    copies: int = 1,
) -> None:
    connection.execute(
        """
        INSERT INTO outbox (topic, key, value, headers, copies, due_at)
        VALUES (%(topic)s, %(key)s, %(value)s, %(headers)s::jsonb, %(copies)s, now() + make_interval(secs => %(late)s))
        """,
        {
            "topic": topic,
            "key": key,
            "value": value,
            "headers": encode(dict(headers)).decode(),
            "copies": copies,
            "late": late,
        },
    )
