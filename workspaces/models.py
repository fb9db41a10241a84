"""Who owns what: workspaces, their members, the tokens that act for a member, and what was done."""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils import timezone


class Role(models.TextChoices):
    VIEWER = "viewer"  # reads everything but secrets
    EDITOR = "editor"  # writes flows and environments, runs and cancels
    ADMIN = "admin"  # members, tokens, quarantine, retention

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def includes(self, other: "Role") -> bool:
        """Whether somebody with this role may do what `other` may."""
        return self.rank >= other.rank


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def visible_to(self, user: User | AnonymousUser) -> "WorkspaceQuerySet":
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(memberships__user=user)


class Workspace(models.Model):
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.slug

    def role_of(self, user: User | AnonymousUser) -> Role | None:
        """What `user` may do here; None if nothing. Superusers are admins everywhere."""
        if not user.is_authenticated:
            return None
        if user.is_superuser:
            return Role.ADMIN
        membership = self.memberships.filter(user=user).first()
        return Role(membership.role) if membership else None


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_user"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}: {self.role}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, *, at: datetime) -> "ApiTokenQuerySet":
        return self.filter(revoked_at=None).exclude(expires_at__lte=at)


class ApiToken(models.Model):
    """A bearer token: acts for its user, in one workspace, with at most `role`. Only its hash is kept."""

    PREFIX = "stw_"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tokens")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=64)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.EDITOR)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False, help_text="The first characters, to tell tokens apart.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="token_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def state(self, *, at: datetime) -> str:
        """`in use`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else "in use"

    @staticmethod
    def hash_of(secret: str) -> str:
        # Plain SHA-256: the secret is 256 random bits, so there is nothing for a slow hash to protect.
        return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def new_secret(cls) -> str:
        return cls.PREFIX + secrets.token_urlsafe(32)


class LoginLink(models.Model):
    """Signs its user in once. Only its hash is kept."""

    hash = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"login link of {self.user}"

    @staticmethod
    def hash_of(secret: str) -> str:
        return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class PasswordTry(models.Model):
    """Somebody tried a password. The key is a hash of who at which account; gone after a quarter of an hour."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "-at"], name="password_try_by_key")]

    def __str__(self) -> str:
        return f"a try at {self.at:%Y-%m-%d %H:%M:%S}"


class AuditEntry(models.Model):
    """Something a person or token did that others may ask about. Never changed, never holds a secret."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.SET_NULL, null=True, related_name="audit_entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=64)  # `flow.saved`, `execution.cancelled`, `token.created`
    target = models.CharField(max_length=255, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-id"], name="audit_recent"),
            models.Index(fields=["workspace", "verb", "-id"], name="audit_by_verb"),
            models.Index(fields=["workspace", "actor", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb} {self.target}"
