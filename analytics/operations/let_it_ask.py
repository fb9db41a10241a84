"""Let a workspace have the model asked about every new failure, without anybody's asking; or no more."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.analysis.guard import require_on
from analytics.models import AnalysisConsent
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def let_it_ask(*, workspace: Workspace, is_on: bool, by: User | None, actor: str) -> None:
    """The caller has checked that an admin asks. Failures that are known already are not asked about.

    Raises AnalysisOff where it is to be switched on and nobody may ask.
    """
    if is_on:
        require_on(workspace)
    since = timezone.now() if is_on else None
    with transaction.atomic():
        consents = AnalysisConsent.objects.filter(workspace=workspace)
        consents.update(asks_itself_since=since, asks_itself_by=actor[:150])
        verb = "analysis.asks_itself" if is_on else "analysis.asks_no_more"
        record_audit(workspace=workspace, by=by, actor=actor, verb=verb, target=workspace.slug)
