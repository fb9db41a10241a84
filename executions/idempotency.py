"""One request, one execution, however often it is sent."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings

from executions.errors import KeyUsedBefore
from executions.models import Execution
from flows.language import jsontext
from workspaces.models import Workspace


def fingerprint(*parts: Any) -> str:
    """Tells two requests apart that carry the same key. Keyed: overrides may be secrets that are easy to guess."""
    return hmac.new(settings.SECRET_KEY.encode(), jsontext.dumps(parts).encode(), hashlib.sha256).hexdigest()


def start_once(
    *, workspace: Workspace, key: str | None, request_hash: str, start: Callable[[], Execution]
) -> tuple[Execution, bool]:
    """The execution of this key and whether it is new. Raises KeyUsedBefore when another request had the key."""
    if key is None:
        return start(), True
    seen = Execution.objects.filter(workspace=workspace, idempotency_key=key).only("idempotency_hash").first()
    if seen is None:
        try:
            return start(), True
        except KeyUsedBefore as used:  # by the same request, a moment ago
            seen = used.execution
    if seen.idempotency_hash != request_hash:
        raise KeyUsedBefore(seen)
    return seen, False
