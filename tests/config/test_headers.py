import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db


def test_every_answer_tells_the_browser_where_things_may_come_from() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("the-admin"))
    for path in ("/api/v1/health", "/api/v1/nope", "/admin/", "/nope"):
        response = client.get(path)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"


def test_no_cache_keeps_an_answer_of_the_api() -> None:
    assert Client().get("/api/v1/health")["Cache-Control"] == "no-store"
