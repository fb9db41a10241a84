"""Take a flow out of the lists, or bring it back. What ran stays, and so do its versions."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from flows.models import Flow
from workspaces.operations.record_audit import record_audit


def archive_flow(*, flow: Flow, by: User | None, actor: str = "") -> Flow:
    return _set(flow, is_archived=True, verb="flow.archived", by=by, actor=actor)


def unarchive_flow(*, flow: Flow, by: User | None, actor: str = "") -> Flow:
    return _set(flow, is_archived=False, verb="flow.unarchived", by=by, actor=actor)


def _set(flow: Flow, *, is_archived: bool, verb: str, by: User | None, actor: str) -> Flow:
    """Once more changes nothing and is written down nowhere."""
    with transaction.atomic():
        moment = timezone.now() if is_archived else None
        changed = Flow.objects.filter(pk=flow.pk, archived_at__isnull=is_archived).update(archived_at=moment)
        if changed:
            flow.archived_at = moment
            record_audit(workspace=flow.workspace, by=by, actor=actor, verb=verb, target=flow.slug)
    return flow
