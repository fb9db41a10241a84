"""A bare Celery chain of tasks that do nothing: no record, no retry, no events. What a hop costs Celery itself.

The same broker server, pool and worker settings as ours; the address comes from the environment.
"""

import os
import time

import redis
from celery import Celery

DONE = "bench:done:"

app = Celery("chain", broker=os.environ.get("BENCH_BROKER", ""))
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    result_backend=None,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    task_default_queue="bench",
    broker_connection_retry_on_startup=True,
)
_redis = redis.Redis.from_url(os.environ.get("BENCH_REDIS", "redis://"))


@app.task(name="bench.first")
def first(run: str) -> None:
    _redis.set(f"{DONE}{run}:began", time.time())


@app.task(name="bench.noop")
def noop() -> None:
    pass


@app.task(name="bench.last")
def last(run: str) -> None:
    _redis.lpush(f"{DONE}{run}", time.time())
