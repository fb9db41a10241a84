"""
Loads the product once and forks its processes from there: they share the memory of what was loaded, and start at once.

Only the embedded stack uses it, on Linux. Requests come on stdin, answers go to stdout, each a line of JSON:

    {"name": "worker-1", "module": "celery", "argv": […], "log": "/…/a.log", "output": null, "keep": [7]}
    {"forked": 4711}
    {"ended": 4711, "code": -9}

When stdin closes, the nursery ends; what it forked goes on. Nothing loaded here may start a thread, open a connection
or keep a random state: every process would have the same.
"""

import contextlib
import gc
import json
import os
import runpy
import select
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import django

# What worker, beat and web load anyway. daphne is missing: importing it makes an event loop, which cannot be shared.
SHARED = (
    "config.urls",
    "workers.tasks",
    "celery.bin.celery",
    "celery.bin.worker",
    "celery.bin.beat",
    "celery.apps.worker",
    "celery.apps.beat",
    "celery.beat",
    "celery.concurrency.thread",
    "celery.fixups.django",
    "kombu.transport.redis",
    "channels.routing",
    "django.core.handlers.asgi",
    "django.core.management",
)


def main() -> None:
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever prints while it is loaded must not look like an answer
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    inherited = [int(word) for word in sys.argv[1:]]  # descriptors that only those get who ask to keep them
    _load()
    unread = b""
    while True:
        ready = select.select([0, wake_read], [], [])[0]
        if wake_read in ready:
            os.read(wake_read, 4096)
            _tell_ended(answers)
        if 0 in ready:
            found = os.read(0, 65536)
            if not found:
                return
            *lines, unread = (unread + found).split(b"\n")
            for line in lines:
                pid = _fork(json.loads(line), own=(answers, wake_read, wake_write, *inherited))
                _tell(answers, forked=pid)


def _load() -> None:
    django.setup()
    for name in SHARED:
        import_module(name)
    if threading.active_count() > 1:
        sys.stderr.write(f"Loading has started threads, which are lost in a fork: {threading.enumerate()}.\n")
    # Frozen objects are never looked at again by the collector, so that their pages stay shared.
    gc.collect()
    gc.freeze()


def _fork(request: dict[str, Any], *, own: tuple[int, ...]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(request, own)
    return pid


def _become(request: dict[str, Any], own: tuple[int, ...]) -> NoReturn:
    """What `python -m MODULE ARGV…` does, with most of it loaded already. It ends as that would, not in our loop."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in set(own) - set(request["keep"]):
        os.close(descriptor)
    _redirect(request["log"], request["output"])
    with contextlib.suppress(OSError):  # the name that ps and top show
        Path("/proc/self/comm").write_text(request["name"], encoding="utf-8")
    sys.argv = ["", *request["argv"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    raise SystemExit


def _redirect(log: str, output: str | None) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    printed = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) if output else errors
    for source, target in ((nothing, 0), (printed, 1), (errors, 2)):
        os.dup2(source, target)
    for descriptor in {nothing, errors, printed}:
        os.close(descriptor)


def _tell_ended(answers: int) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _tell(answers, ended=pid, code=os.waitstatus_to_exitcode(status))


def _tell(answers: int, **message: int) -> None:
    os.write(answers, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main()
