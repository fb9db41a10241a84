"""
What can go wrong with workspaces, tokens and sign-in. Messages are for people; `code` is stable.

WorkspacesError
├── WorkspaceInvalid   the slug or name cannot be kept, or the slug is taken
├── NotAllowed         the caller's role does not include this
├── LinkSpent          a login link was used, is too old, or never was one
├── SignInRefused      name and password do not fit; which of the two is not told
├── TooManyTries       that guesser has to wait
├── MemberInvalid      nobody can be added that way
├── TokenInvalid       a token cannot be made that way
├── LastAdmin          the workspace would be left without an admin
└── NotThere           the member or token is of another workspace, or never was
"""

from datetime import timedelta
from math import ceil
from typing import ClassVar


class WorkspacesError(Exception):
    """Base of this package's errors."""

    code: ClassVar[str] = "workspaces_error"


class WorkspaceInvalid(WorkspacesError):
    code = "workspace_invalid"


class NotAllowed(WorkspacesError):
    code = "not_allowed"


class LinkSpent(WorkspacesError):
    code = "link_spent"


class SignInRefused(WorkspacesError):
    code = "sign_in_refused"


class TooManyTries(WorkspacesError):
    code = "too_many_tries"

    def __init__(self, *, wait: timedelta) -> None:
        self.wait_seconds = max(1, ceil(wait.total_seconds()))
        minutes = ceil(self.wait_seconds / 60)
        super().__init__(
            f"Too many wrong passwords for this name from here. Try again in {minutes} min, or use a login link."
        )


class MemberInvalid(WorkspacesError):
    code = "member_invalid"


class TokenInvalid(WorkspacesError):
    code = "token_invalid"


class LastAdmin(WorkspacesError):
    code = "last_admin"


class NotThere(WorkspacesError):
    code = "not_there"
