from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from config.pages import NONCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> Path:
    settings.PAGES_DIR = tmp_path
    (tmp_path / "index.html").write_text(f'<script nonce="{NONCE}" src="/static/pages/a.js"></script>')
    return tmp_path


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("somebody"))
    return client


@pytest.mark.usefixtures("built")
def test_every_address_of_the_pages_gives_the_one_document(client: Client) -> None:
    for path in ("/executions", "/executions/", "/executions/7", "/executions/7/", "/flows", "/flows/checkout"):
        response = client.get(path)
        assert response.status_code == 200
        assert "csrftoken" in response.cookies
    assert client.get("/executionsx").status_code == 404


@pytest.mark.usefixtures("built")
def test_the_policy_lets_no_script_of_the_document_itself_run(client: Client) -> None:
    first, second = client.get("/executions"), client.get("/executions")
    policy = first["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "worker-src 'self';" in policy
    assert "unsafe" not in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in first.content.decode()
    assert nonce not in second.content.decode()


@pytest.mark.usefixtures("built")
def test_who_is_not_signed_in_is_led_to_it_and_back() -> None:
    assert Client().get("/executions/7").headers["Location"].endswith("/login/?next=/executions/7")


def test_pages_that_are_not_built_say_what_to_do(client: Client, built: Path) -> None:
    (built / "index.html").unlink()
    response = client.get("/executions")
    assert response.status_code == 503
    assert ".ci/pages" in response.content.decode()


def test_an_address_that_leads_nowhere_says_so_as_a_page(client: Client) -> None:
    answer = client.get("/nowhere/at-all")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()
    assert client.get("/api/v1/nowhere").headers["Content-Type"] == "application/problem+json"
