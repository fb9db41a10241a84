"""The Celery app. PITFALLS.md's table is why each of these is as it is; docs/decisions/ has the longer story."""

import os

from celery import Celery
from django.conf import settings
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("stepwell")
# As in executions/queue.py, which cannot be loaded before the apps are.
STEPS, CONTROL, ANALYSIS = "steps", "control", "analysis"


def broker_url() -> str:
    url: str = settings.BROKER_URL
    return url.replace("unix://", "redis+socket://", 1)  # kombu's name for the same


def queues() -> list[Queue]:
    """What a worker takes from, unless `-Q` says otherwise: the steps of its group, and what everybody may do."""
    group = os.environ.get("STEPWELL_WORKER_GROUP", "").strip()
    names = (f"{STEPS}.{group}" if group else STEPS, CONTROL, ANALYSIS)
    return [Queue(name, Exchange(name, type="direct"), routing_key=name) for name in names]


app.conf.update(
    broker_url=broker_url(),
    broker_connection_retry_on_startup=True,
    # A message may be lost or come twice: the claim lets one in, the sweeper sends again. Redelivery is a third net.
    broker_transport_options={"visibility_timeout": 3600, "socket_keepalive": True, "health_check_interval": 10},
    task_acks_late=True,
    task_reject_on_worker_lost=False,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    result_backend=None,
    worker_prefetch_multiplier=1,
    worker_pool="threads",
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    task_queues=queues(),
    task_default_queue=CONTROL,  # every message names its queue; this one there is in every group
    task_create_missing_queues=True,
    task_serializer="json",
    accept_content=["json"],
    event_queue_expires=60,
    timezone="UTC",
    beat_schedule={
        "tick": {"task": "stepwell.tick", "schedule": 1.0, "options": {"queue": "control", "expires": 1}},
        "roll_up": {"task": "stepwell.roll_up", "schedule": 30.0, "options": {"queue": "analysis", "expires": 30}},
        "analyses": {
            "task": "stepwell.sweep_analyses",
            "schedule": 10.0,
            "options": {"queue": "analysis", "expires": 10},
        },
        "housekeeping": {"task": "stepwell.housekeeping", "schedule": 3600.0, "options": {"queue": "control"}},
    },
    beat_schedule_filename=os.environ.get("STEPWELL_BEAT_FILE", "celerybeat-schedule"),
)
app.autodiscover_tasks(["workers"])
