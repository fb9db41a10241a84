"""Consent and analyses in the Django admin."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analytics.models import AnalysisConsent
from tests.analytics.analysis.asking_server import scene
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_an_operator_gives_and_withdraws_consent_and_reads_what_was_sent() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root", password="only-for-tests"))
    with scene(consented=False) as it:
        page = "/admin/analytics/analysisconsent/"
        given = {"workspace": it.past.workspace.pk, "is_given": "on"}
        assert client.post(f"{page}add/", given).status_code == 302
        assert AnalysisConsent.objects.get().changed_by == "root"
        found = it.asked()
        shown = client.get(f"/admin/analytics/analysis/{found.pk}/change/").content.decode()
        assert "the pool is exhausted" in shown
        assert client.post(f"{page}{it.past.workspace.pk}/change/", {}).status_code == 302
        assert not AnalysisConsent.objects.get().is_given
        assert client.get("/admin/analytics/analysis/").status_code == 200
    verbs = AuditEntry.objects.filter(verb__startswith="analysis.consent").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["analysis.consent_given", "analysis.consent_withdrawn"]
