"""The pages before the pages: signing in and out, links, the password; without a browser, all of their rules."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.cast import make_member, make_workspace
from workspaces.models import AuditEntry, PasswordTry, Role
from workspaces.operations.count_tries import TRIES, WINDOW
from workspaces.operations.login_link import create_login_link

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-7"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def hash_quickly(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def anna() -> User:
    """A member who is no operator."""
    user = make_member(make_workspace(), Role.VIEWER, "anna")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    address = more.pop("address", "127.0.0.1")
    answer: HttpResponse = client.post("/login/", {"username": name, "password": password, **more}, REMOTE_ADDR=address)  # type: ignore[assignment] # the test client adds to a HttpResponse
    return answer


def is_signed_in(client: Client) -> bool:
    return client.get("/api/v1/me").status_code == 200


# --- name and password


def test_a_member_who_is_no_operator_signs_in(anna: User) -> None:
    client = Client()
    answer = sign_in(client, anna.username)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    assert AuditEntry.objects.filter(verb="user.signed_in", actor=anna.username).exists()


def test_the_page_comes_without_scripts_and_is_kept_by_no_cache() -> None:
    answer = Client().get("/login/")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode()
    assert "<script" not in text
    assert "style=" not in text
    assert 'autocomplete="current-password"' in text


def test_without_a_slash_it_is_the_same_page() -> None:
    assert Client().get("/login?next=/flows").headers["Location"] == "/login/?next=/flows"


def test_what_is_wrong_is_not_told(anna: User) -> None:
    # Given somebody who has left, and a name nobody has
    gone = User.objects.create_user("gone", password=PASSWORD, is_active=False)
    # Then a wrong password, a wrong name and somebody who has left get the same answer, but for the name they typed
    names = (anna.username, "nobody-at-all", gone.username)
    passwords = ("wrong-password", PASSWORD, PASSWORD)
    answers = [sign_in(Client(), name, password) for name, password in zip(names, passwords, strict=True)]
    texts = {
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", one.content.decode()).replace(name, "NAME")
        for one, name in zip(answers, names, strict=True)
    }
    assert [one.status_code for one in answers] == [403] * 3
    assert len(texts) == 1
    assert "do not fit together" in texts.pop()


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "<script>alert(1)</script>"])
def test_odd_names_are_refused_like_any_other(name: str) -> None:
    answer = sign_in(Client(), name)
    assert answer.status_code == 403
    assert "<script>" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client, anna.username)
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("wanted", ["/flows/checkout?tab=history", "/executions/7"])
def test_it_leads_back_to_where_one_was(anna: User, wanted: str) -> None:
    assert sign_in(Client(), anna.username, next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"],
)
def test_it_leads_to_no_other_host(anna: User, wanted: str) -> None:
    client = Client()
    assert sign_in(client, anna.username, next=wanted)["Location"] == "/"
    assert client.get("/login/", {"next": wanted})["Location"] == "/"


def test_a_session_from_before_is_not_kept(anna: User) -> None:
    # Given a session that somebody else may know
    client = Client()
    client.session["seen"] = True
    before = client.session.session_key
    sign_in(client, anna.username)
    assert client.session.session_key != before


# --- too many tries


def wrong(client: Client, name: str, address: str, times: int = TRIES) -> list[int]:
    return [sign_in(client, name, "wrong-password", address=address).status_code for _ in range(times)]


def test_a_guesser_has_to_wait_even_with_the_right_password(anna: User) -> None:
    assert wrong(Client(), anna.username, "203.0.113.9") == [403] * TRIES
    answer = sign_in(Client(), anna.username, address="203.0.113.9")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= WINDOW.total_seconds()
    assert "Too many wrong passwords" in answer.content.decode()


def test_a_guesser_shuts_nobody_else_out(anna: User) -> None:
    wrong(Client(), anna.username, "203.0.113.9", TRIES + 3)
    assert sign_in(Client(), anna.username, address="198.51.100.4").status_code == 302


def test_a_browser_that_was_here_before_is_not_shut_out_by_a_neighbour(anna: User) -> None:
    # Given anna's browser, and somebody who guesses from behind the same address
    client = Client()
    sign_in(client, anna.username)
    client.post("/logout/")
    wrong(Client(), anna.username, "127.0.0.1", TRIES + 1)
    # Then hers gets in; and guesses with it have an end as well
    assert sign_in(client, anna.username).status_code == 302
    client.post("/logout/")
    assert wrong(client, anna.username, "127.0.0.1", TRIES + 1)[-1] == 429


def test_a_known_browser_is_known_for_its_own_user_alone(anna: User) -> None:
    other = make_member(make_workspace(), Role.ADMIN, "zoe")
    client = Client()
    sign_in(client, anna.username)
    client.post("/logout/")
    assert wrong(client, other.username, "127.0.0.1", TRIES + 1)[-1] == 429
    assert sign_in(Client(), other.username, "x").status_code == 429  # counted for the address


def test_a_made_up_browser_is_a_stranger(anna: User) -> None:
    wrong(Client(), anna.username, "203.0.113.9")
    client = Client()
    client.cookies["stepwell_known"] = f'["{anna.username}", "mine"]:made:up'
    assert sign_in(client, anna.username, address="203.0.113.9").status_code == 429


def test_names_are_counted_however_they_are_written(anna: User) -> None:
    wrong(Client(), anna.username.upper(), "203.0.113.9")
    assert sign_in(Client(), anna.username, address="203.0.113.9").status_code == 429


def test_an_ipv6_network_is_one_guesser(anna: User) -> None:
    for number in range(TRIES):
        wrong(Client(), anna.username, f"2001:db8:1:2::{number}", 1)
    assert sign_in(Client(), anna.username, address="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(Client(), anna.username, address="2001:db8:1:3::1").status_code == 302


def test_behind_proxies_the_address_is_what_they_saw(anna: User, settings: Settings) -> None:
    settings.PROXIES = 1

    def try_it(forwarded: str, password: str) -> int:
        words = {"username": anna.username, "password": password}
        return Client().post("/login/", words, headers={"X-Forwarded-For": forwarded}).status_code

    # Given a guesser who makes up where the request came from before our proxy adds the truth
    for number in range(TRIES):
        try_it(f"198.51.100.{number}, 203.0.113.9", "wrong-password")
    assert try_it("198.51.100.77, 203.0.113.9", PASSWORD) == 429
    assert try_it("198.51.100.4", PASSWORD) == 302


def test_after_a_quarter_of_an_hour_it_may_be_tried_again(anna: User) -> None:
    wrong(Client(), anna.username, "203.0.113.9")
    PasswordTry.objects.update(at=timezone.now() - WINDOW - timedelta(seconds=1))
    assert sign_in(Client(), anna.username, address="203.0.113.9").status_code == 302
    assert not PasswordTry.objects.exists()


def test_a_right_password_forgives_what_came_before(anna: User) -> None:
    wrong(Client(), anna.username, "203.0.113.9", TRIES - 1)
    assert sign_in(Client(), anna.username, address="203.0.113.9").status_code == 302
    assert wrong(Client(), anna.username, "203.0.113.9") == [403] * TRIES


def test_neither_names_nor_addresses_are_kept(anna: User) -> None:
    wrong(Client(), anna.username, "203.0.113.9", 1)
    assert anna.username not in str(PasswordTry.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_gain_nothing() -> None:
    start = threading.Barrier(TRIES + 4)
    outcomes: list[int] = []

    def try_it() -> None:
        start.wait()
        try:
            outcomes.append(sign_in(Client(), "nobody", "wrong-password").status_code)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=try_it) for _ in range(TRIES + 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(403) <= TRIES
    assert set(outcomes) == {403, 429}


# --- signing out


def test_signing_out_takes_a_post_and_ends_the_session(anna: User) -> None:
    client = Client()
    sign_in(client, anna.username)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert not is_signed_in(client)


# --- the password


def test_a_changed_password_ends_every_other_session(anna: User) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, anna.username)
    sign_in(elsewhere, anna.username)
    new = "another-horse-8"
    answer = here.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert "changed" in answer.content.decode()
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert sign_in(Client(), anna.username, new).status_code == 302
    assert AuditEntry.objects.filter(verb="user.password_changed", actor=anna.username).exists()


@pytest.mark.parametrize(
    ("old", "first", "second", "told"),
    [
        ("wrong-password", "another-horse-8", "another-horse-8", "incorrect"),
        (PASSWORD, "another-horse-8", "another-horse-9", "match"),
        (PASSWORD, "tiny-one", "tiny-one", "at least 10"),
        (PASSWORD, "12345678901234", "12345678901234", "numeric"),
        (PASSWORD, "qwertyuiop", "qwertyuiop", "too common"),
    ],
)
def test_a_password_that_is_no_good_is_refused(anna: User, old: str, first: str, second: str, told: str) -> None:
    client = Client()
    sign_in(client, anna.username)
    answer = client.post("/password/", {"old_password": old, "new_password1": first, "new_password2": second})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert first not in answer.content.decode()
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_an_open_browser_is_no_place_to_guess_the_old_password(anna: User) -> None:
    client = Client()
    sign_in(client, anna.username)
    new = "another-horse-8"
    for _ in range(TRIES):
        client.post("/password/", {"old_password": "wrong", "new_password1": new, "new_password2": new})
    words = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/password/", words).status_code == 429


def test_who_came_by_a_link_sets_a_first_password_without_an_old_one() -> None:
    user = make_member(make_workspace(), Role.VIEWER, "new")
    client = Client()
    path = create_login_link(user=user)
    assert client.get(f"{path}?next=/password/").headers["Location"] == "/password/"
    assert "old_password" not in client.get("/password/").content.decode()
    client.post("/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert sign_in(Client(), user.username).status_code == 302


def test_a_link_leads_to_no_other_host() -> None:
    user = make_member(make_workspace(), Role.VIEWER)
    assert Client().get(f"{create_login_link(user=user)}?next=//evil.example").headers["Location"] == "/"


def test_the_password_page_is_for_who_is_signed_in() -> None:
    assert Client().get("/password/").headers["Location"] == "/login/?next=/password/"


# --- the admin


def test_the_admin_sends_everybody_to_the_one_place_to_sign_in() -> None:
    answer = Client().get("/admin/flows/flow/", follow=True)
    assert answer.redirect_chain[-1] == ("/login/?next=%2Fadmin%2Fflows%2Fflow%2F", 302)


def test_who_is_no_operator_is_told_so_and_not_sent_in_circles(anna: User) -> None:
    client = Client()
    client.force_login(anna)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "The admin is for operators" in answer.content.decode()


# --- the look


def test_the_colours_are_those_of_the_pages() -> None:
    def colours(path: str) -> list[dict[str, str]]:
        text = (ROOT / path).read_text()
        light, dark = re.split(r"\[data-mantine-color-scheme='dark'\]|@media \(prefers-color-scheme: dark\)", text)[:2]
        return [dict(re.findall(r"--([\w-]+): (#\w{6});", part.split("\n* {")[0])) for part in (light, dark)]

    pages = colours("frontend/src/ui/tokens.css")
    for ours, theirs in zip(colours("workspaces/static/workspaces/door.css"), pages, strict=True):
        assert ours
        assert ours.items() <= theirs.items()
