"""Addresses that start a flow when somebody posts to them."""

import hashlib
import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from flows.models import Environment, Flow
from workspaces.models import Workspace


class Hook(models.Model):
    """Starts a flow with variables taken from the JSON that was posted. Only the hash of its token is kept."""

    PREFIX = "swh_"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="hooks")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="hooks")
    name = models.CharField(max_length=100)
    environment = models.ForeignKey(Environment, on_delete=models.SET_NULL, null=True, related_name="+")
    environment_name = models.CharField(max_length=64, blank=True)  # stays when the environment is deleted
    variables = models.JSONField(default=dict, blank=True)  # name → path into what was posted
    labels = models.JSONField(default=dict, blank=True)
    per_minute = models.PositiveIntegerField(default=60)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)  # the first characters, to tell them apart

    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    last_called_at = models.DateTimeField(null=True)
    minute_began_at = models.DateTimeField(null=True)
    calls_in_minute = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_hook_per_name"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @staticmethod
    def hash_of(token: str) -> str:
        # Plain SHA-256: the token is 256 random bits, so there is nothing for a slow hash to protect.
        return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def new_token(cls) -> str:
        return cls.PREFIX + secrets.token_urlsafe(32)
