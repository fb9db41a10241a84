"""Schedules in the admin: read there, paused, resumed and run."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from executions.models import Execution
from executions.operations.create_schedule import create_schedule
from flows.models import FlowVersion, Schedule

pytestmark = pytest.mark.django_db


def test_a_schedule_is_shown_paused_resumed_and_run(flow_version: FlowVersion) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("the-admin"))
    flow = flow_version.flow
    made = create_schedule(
        workspace=flow.workspace, wanted={"name": "nightly", "flow": flow.slug, "cron": "0 3 * * *"}, by=None
    )

    def choose(action: str) -> Schedule:
        client.post("/admin/flows/schedule/", {"action": action, "_selected_action": [made.pk]})
        return Schedule.objects.get()

    assert choose("pause_chosen").paused_by == "the-admin"
    assert choose("resume_chosen").paused_at is None
    choose("run_chosen")
    started = Execution.objects.get()
    page = client.get(f"/admin/flows/schedule/{made.pk}/change/").content.decode()
    assert "At 03:00 every day, UTC time" in page
    assert f"#{started.pk}" in page
    assert "nightly" in client.get("/admin/flows/schedule/").content.decode()
