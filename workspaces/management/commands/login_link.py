"""Print a link that signs somebody in once."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from workspaces.operations.login_link import create_login_link


class Command(BaseCommand):
    help = "Print the path of a link that signs a user in once, within fifteen minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", default="", help="user name; the first superuser if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(create_login_link(user=_user(options["user"])))


def _user(name: str) -> User:
    users = User.objects.filter(is_active=True)
    found = users.filter(username=name).first() if name else users.filter(is_superuser=True).order_by("pk").first()
    if found is None:
        raise CommandError(
            f"There is no active user {name!r}." if name else "There is no superuser. Make one with createsuperuser."
        )
    return found
