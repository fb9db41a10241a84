"""A login link signs its user in, once, for fifteen minutes."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone

from tests.cast import make_user
from workspaces.errors import LinkSpent
from workspaces.models import LoginLink
from workspaces.operations.login_link import create_login_link, spend_login_link


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("the-admin")


def test_the_link_signs_in_and_leads_to_the_pages(admin: User) -> None:
    client = Client()
    response = client.get(create_login_link(user=admin), follow=True)
    assert response.redirect_chain == [("/", 302), ("/executions", 302)]
    assert response.wsgi_request.user == admin


def test_it_does_so_once(admin: User) -> None:
    path = create_login_link(user=admin)
    Client().get(path)
    second = Client().get(path)
    assert second.status_code == 410
    assert "used already" in second.content.decode()


def test_it_does_so_for_fifteen_minutes(admin: User) -> None:
    path = create_login_link(user=admin)
    LoginLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["wrong", "%00", "%ED%A0%80", "x" * 5000])
def test_a_made_up_link_signs_nobody_in(secret: str) -> None:
    assert Client().get(f"/login/{secret}/").status_code in {400, 404, 410}


def test_a_deactivated_user_is_not_signed_in(admin: User) -> None:
    path = create_login_link(user=admin)
    admin.is_active = False
    admin.save()
    assert Client().get(path).status_code == 410


def test_the_link_is_not_stored_and_its_page_is_not_cached(admin: User) -> None:
    path = create_login_link(user=admin)
    assert path.split("/")[2] not in str(LoginLink.objects.values().get())
    assert "no-store" in Client().get(path)["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_it_at_once_one_gets_in() -> None:
    user = make_user("alice")
    secret = create_login_link(user=user).split("/")[2]
    start = threading.Barrier(6)
    outcomes: list[int | None] = []

    def open_it() -> None:
        start.wait()
        try:
            outcomes.append(spend_login_link(secret=secret).pk)
        except LinkSpent:
            outcomes.append(None)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [user.pk, *[None] * 5]


def test_the_command_prints_a_link(admin: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("login_link")
    assert capsys.readouterr().out.startswith("/login/")


@pytest.mark.django_db
def test_the_command_says_who_is_missing() -> None:
    with pytest.raises(CommandError, match="no active user 'zoe'"):
        call_command("login_link", user="zoe")
