"""Allow, or forbid, that a workspace's evidence is sent to a model."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.models import AnalysisConsent
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def give_consent(*, workspace: Workspace, is_given: bool, by: User | None, actor: str) -> AnalysisConsent:
    """The caller has checked that an admin asks. What is being asked right now is not called back.

    Withdrawn, nothing asks by itself any more either, nor when it is given again.
    """
    changes = {"is_given": is_given, "changed_at": timezone.now(), "changed_by": actor[:150]}
    if not is_given:
        changes["asks_itself_since"] = None
    with transaction.atomic():
        consent, _ = AnalysisConsent.objects.update_or_create(workspace=workspace, defaults=changes)
        verb = "analysis.consent_given" if is_given else "analysis.consent_withdrawn"
        record_audit(workspace=workspace, by=by, actor=actor, verb=verb, target=workspace.slug)
    return consent
