"""Make, or find again, what a stack on one machine starts with: workspace, owner, token, examples, environment."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.auth.models import User
from django.utils import timezone

from flows.errors import FlowInvalid
from flows.models import FlowVersion
from flows.operations.save_environment import save_environment
from flows.operations.save_flow import save_flow
from workspaces.models import ApiToken, Role, Workspace
from workspaces.operations.create_token import create_token
from workspaces.operations.create_workspace import create_workspace

WORKSPACE: Final = "default"
OWNER: Final = "admin"
FOR_CLI: Final = "cli"
ENVIRONMENT: Final = "demo"


@dataclass(frozen=True, kw_only=True)
class Embedded:
    workspace: Workspace
    owner: User
    saved: int  # example flows that were new
    refused: tuple[str, ...]  # example files that are no valid flows


def set_up_embedded(*, token_file: Path, examples: Iterable[Path], addresses: Mapping[str, Any]) -> Embedded:
    """Bring everything into being once; run again, it changes only what is missing or has moved.

    The token's secret goes into `token_file`, readable by its owner alone.
    """
    owner = _owner()
    workspace = Workspace.objects.filter(slug=WORKSPACE).first() or create_workspace(
        slug=WORKSPACE, name="Default workspace", admin=owner
    )
    _token(workspace, owner, token_file)
    if addresses:
        save_environment(
            workspace=workspace,
            name=ENVIRONMENT,
            description="The demo shop on this machine.",
            variables=addresses,
            by=None,
        )
    saved, refused = _examples(workspace, examples)
    return Embedded(workspace=workspace, owner=owner, saved=saved, refused=refused)


def _owner() -> User:
    """The first superuser, who signs in by link until they set a password."""
    found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    return found or User.objects.create_superuser(OWNER)


def _token(workspace: Workspace, owner: User, file: Path) -> None:
    mine = ApiToken.objects.filter(workspace=workspace, user=owner, name=FOR_CLI)
    try:
        kept = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    if kept and mine.usable(at=timezone.now()).filter(hash=ApiToken.hash_of(kept)).exists():
        return
    mine.filter(revoked_at=None).update(revoked_at=timezone.now())  # whose file is gone
    _, secret = create_token(workspace=workspace, user=owner, name=FOR_CLI, role=Role.ADMIN)
    _write_private(file, secret)


def _write_private(file: Path, text: str) -> None:
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(text + "\n")
    partial.replace(file)


def _examples(workspace: Workspace, files: Iterable[Path]) -> tuple[int, tuple[str, ...]]:
    """Save each text that this workspace never had: what people made of an example since then stays."""
    known = set(FlowVersion.objects.filter(flow__workspace=workspace).values_list("hash", flat=True))
    saved, refused = 0, []
    for file in files:
        text = file.read_text(encoding="utf-8")
        if FlowVersion.hash_of(text) in known:
            continue
        try:
            save_flow(workspace=workspace, text=text, filename=file.name, by=None)
            saved += 1
        except FlowInvalid as exc:
            refused.append(f"{file.name}: {exc}")
    return saved, tuple(refused)
