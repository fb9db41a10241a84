"""Whether the parts are up."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from executions.models import WorkerProcess

pytestmark = pytest.mark.django_db


def test_it_counts_the_workers_that_hold_their_lease() -> None:
    now = timezone.now()
    for expires_at, stopped_at in [(now + timedelta(seconds=30), None), (now - timedelta(seconds=1), None), (now, now)]:
        WorkerProcess.objects.create(host="h", pid=1, boot_id="b", expires_at=expires_at, stopped_at=stopped_at)
    response = Client().get("/api/v1/health")
    assert response.status_code == 200
    body = response.json()
    assert (body["status"], body["postgres"], body["redis"], body["workers"]) == ("ok", True, True, 1)


def test_without_redis_it_is_unavailable_and_says_why(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/api/v1/health")
    assert response.status_code == 503
    assert (response.json()["postgres"], response.json()["redis"]) == (True, False)
