"""What people say of a diagnosis: kept beside what the rules said, and the last word counts."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analytics.models import DiagnosisLabel
from tests.analytics.history import history
from tests.cast import api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


def test_a_person_says_whether_it_helped_and_what_it_was() -> None:
    past = history()
    past.play("PPP")
    failed = past.run("F", failure_kind="unreachable", failure_code="dns")
    at = f"/analytics/executions/{failed.pk}/diagnosis/label"
    charlie, bob = api_of(past.workspace, Role.VIEWER), api_of(past.workspace, Role.EDITOR)
    nothing = {"is_helpful": None, "right_category": "", "labelled_by": "", "labelled_at": None}
    assert charlie.get(at).body == nothing
    assert charlie.put(at, {"is_helpful": True}).status == 403
    assert bob.put(at, {"is_helpful": True}).body["is_helpful"] is True
    assert bob.put(at, {"is_helpful": False, "right_category": "moon"}).status == 422
    assert bob.put(at, {"is_helpful": False, "right_category": "data"}).status == 200
    found = charlie.get(at).body
    assert (found["is_helpful"], found["right_category"]) == (False, "data")
    assert found["labelled_by"]
    kept = DiagnosisLabel.objects.get()
    assert (kept.execution_id, kept.said_category, kept.said_confidence) == (failed.pk, "environment", "high")
    assert kept.rules == {"dns": {"environment": 4}}
    assert AuditEntry.objects.filter(verb="diagnosis.labelled", target=str(failed.pk)).count() == 2
    mallory = api_of(make_workspace("other"), Role.ADMIN)
    assert mallory.get(at).status == mallory.put(at, {}).status == 404
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="only-for-tests"))
    assert str(failed.pk) in client.get("/admin/analytics/diagnosislabel/").content.decode()


def test_where_nothing_failed_there_is_nothing_to_be_said() -> None:
    past = history()
    passed = past.run("P")
    bob = api_of(past.workspace, Role.EDITOR)
    assert bob.put(f"/analytics/executions/{passed.pk}/diagnosis/label", {}).status == 404
