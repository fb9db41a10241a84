"""People, workspaces and tokens in the running product, put straight into its database: quicker than by its pages."""

from dataclasses import dataclass
from functools import cache

import psycopg
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page

from tests.running_stack import Stack
from workspaces.models import ApiToken

PASSWORD = "correct-horse-7"


@dataclass(frozen=True)
class Person:
    name: str
    password: str = PASSWORD

    def sign_in(self, page: Page, password: str | None = None) -> None:
        """On the page that is open: the one where people sign in."""
        page.get_by_label("User name").fill(self.name)
        page.get_by_label("Password").fill(self.password if password is None else password)
        page.get_by_role("button", name="Sign in").click()


def make_workspace(stack: Stack, slug: str, name: str) -> None:
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(
            "INSERT INTO workspaces_workspace (slug, name, created_at) VALUES (%s, %s, now()) ON CONFLICT DO NOTHING",
            (slug, name),
        )


def make_person(stack: Stack, name: str, **roles: str) -> Person:
    """Somebody who is no operator, with a role in each workspace named."""
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(
            "INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name,"
            " email, date_joined) VALUES (%s, %s, false, false, true, '', '', '', now())",
            (name, _hashed()),
        )
        for slug, role in roles.items():
            connection.execute(
                "INSERT INTO workspaces_membership (workspace_id, user_id, role)"
                " SELECT w.id, u.id, %s FROM workspaces_workspace w, auth_user u WHERE w.slug = %s AND u.username = %s",
                (role, slug, name),
            )
    return Person(name)


@cache
def _hashed() -> str:
    """Once for all of them: it is made to be dear."""
    return make_password(PASSWORD, hasher="pbkdf2_sha256")


def make_token(stack: Stack, person: Person, workspace: str, role: str) -> str:
    secret = ApiToken.new_secret()
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(
            "INSERT INTO workspaces_apitoken (workspace_id, user_id, name, role, hash, hint, created_at)"
            " SELECT w.id, u.id, 'test', %s, %s, %s, now() FROM workspaces_workspace w, auth_user u"
            " WHERE w.slug = %s AND u.username = %s",
            (role, ApiToken.hash_of(secret), secret[:8], workspace, person.name),
        )
    return secret
