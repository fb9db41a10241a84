"""What differs without meaning anything: the rule of docs/comparing.md."""

from typing import Any

import pytest

from executions.comparing.differences import Difference
from executions.comparing.volatile import reason_to_ignore

UUIDS = ("0b8f6f3e-3c5a-4b8e-9d0f-1a2b3c4d5e6f", "7c9e6679-7425-40de-944b-e07fc1f90ae7")


@pytest.mark.parametrize(
    ("path", "left", "right", "reason"),
    [
        ("timing.connect", 1, 2, "transport"),
        ("headers.Date", "a", "b", "transport"),
        ('headers["X-Request-Id"]', "a", "b", "transport"),
        ('headers["x-service-version"]', "2.18.0", "2.19.0", "transport"),
        ("messages[0].offset", 4, 5, "transport"),
        ("body.created_at", "2026-03-12T11:27:06Z", "2026-03-12T11:42:07.123+01:00", "time"),
        ("body.at", 1773315000, 1773316000, "time"),
        ("body.id", "ord_6B1F", "ord_7Q2M", "id"),
        ("body.items[3].userId", 90417, 90418, "id"),
        ("body.ids[0]", 1, 2, "id"),
        ("body.anything", *UUIDS, "id"),
        ("body.queue_length", 4, 5, "varies"),
    ],
)
def test_what_is_ignored(path: str, left: Any, right: Any, reason: str) -> None:
    assert reason_to_ignore(Difference(path, "changed", left, right), {"body.queue_length"}) == reason


@pytest.mark.parametrize(
    ("path", "left", "right"),
    [
        ("status", 200, 503),
        ("body.payment.state", "authorised", "pending"),
        ("body.payment.authorised_at", "2026-03-12T11:27:06Z", None),
        ("body.id", "ord_6B1F", 7),
        ("body.total", 1773315000, 1773316000),
        ("body.size", 1, 2),
        ("body.paid", True, False),
        ("body.valid", "yes", "no"),
        ("body.queue_length", 4, None),
        ('headers["content-type"]', "application/json", "text/html"),
    ],
)
def test_what_counts(path: str, left: Any, right: Any) -> None:
    assert reason_to_ignore(Difference(path, "changed", left, right), {"body.queue_length"}) is None


def test_of_a_list_that_varies_every_item_does() -> None:
    assert reason_to_ignore(Difference("body.log[7]", "added", right="x"), {"body.log[*]"}) == "varies"
    assert reason_to_ignore(Difference("body.log[7]", "added", right="x")) is None
