"""
A worker that dies at a chosen moment, or delivers everything twice, in a process forked from one that has loaded all.

What dies leaves with status 9, as after kill -9: no handler runs, nothing is given back.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import celery.bin.worker  # noqa: E402, F401 - loaded before the fork, as is all that follows
from django.conf import settings  # noqa: E402 - once Django is ready

from config.celery import app  # noqa: E402
from executions import queue  # noqa: E402
from executions.operations.settle_statement import settle  # noqa: E402

app.loader.import_default_modules()

RESEND_SECONDS: Final = 0.5  # with the usual five these tests would mostly wait
OPTIONS: Final = ("-P", "threads", "-c", "4", "-Q", "steps,control", "--without-gossip", "--without-mingle",
                  "--without-heartbeat")  # fmt: skip


def work(name: str, sabotage: str, log: Path) -> None:
    """`celery worker`, until it dies or is told to stop. `sabotage` names one of the functions below, or none."""
    with log.open("wb") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    settings.RESEND_SECONDS = RESEND_SECONDS
    if sabotage:
        WAYS[sabotage]()
    sys.argv = ["celery"]
    app.worker_main(["worker", *OPTIONS, "-n", f"{name}@%h"])


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
