"""
The Celery app of a worker that dies at a chosen moment, or delivers everything twice: `celery -A tests.e2e.sabotaged`.

STEPWELL_SABOTAGE names one of the functions below. A worker that dies leaves with status 9, as after kill -9: no
handler runs, nothing is given back.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.celery import app  # noqa: E402 - once Django is ready
from executions import queue  # noqa: E402
from executions.operations.settle_statement import settle  # noqa: E402

__all__ = ["app"]


def replace(name: str, by: Callable[..., Any]) -> None:
    module, _, attribute = name.rpartition(".")
    setattr(import_module(module), attribute, by)


def die(*_: Any, **__: Any) -> Any:
    os._exit(9)


def die_between_commit_and_send() -> None:
    replace("executions.queue._send", die)


def die_between_claim_and_action() -> None:
    replace("workers.engine.make_attempt", die)


def die_between_action_and_commit() -> None:
    replace("workers.engine.commit_attempt", die)


def die_while_the_commit_is_answered() -> None:
    """The statement is committed; nobody hears of it."""

    def settle_and_die(*args: Any, **how: Any) -> Any:
        settle(*args, **how)
        die()

    replace("executions.operations.commit.settle", settle_and_die)


def send_twice() -> None:
    send = queue._send

    def twice(task: str, *args: int, queue: str) -> None:
        send(task, *args, queue=queue)
        send(task, *args, queue=queue)

    replace("executions.queue._send", twice)


WAYS: dict[str, Callable[[], None]] = {
    way.__name__: way
    for way in (
        die_between_commit_and_send,
        die_between_claim_and_action,
        die_between_action_and_commit,
        die_while_the_commit_is_answered,
        send_twice,
    )
}

if chosen := os.environ.get("STEPWELL_SABOTAGE"):
    WAYS[chosen]()
