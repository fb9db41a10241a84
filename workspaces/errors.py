"""
What can go wrong with workspaces, tokens and sign-in. Messages are for people; `code` is stable.

WorkspacesError
├── WorkspaceInvalid   the slug or name cannot be kept, or the slug is taken
├── NotAllowed         the caller's role does not include this
└── LinkSpent          a login link was used, is too old, or never was one
"""

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
