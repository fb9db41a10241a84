"""What a person thinks of a diagnosis: kept beside what the rules said, for whoever tends them."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.diagnosis.pack import Diagnosis
from analytics.models import DiagnosisLabel
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def label_diagnosis(
    *,
    workspace: Workspace,
    diagnosis: Diagnosis,
    is_helpful: bool | None,
    right_category: str,
    by: User | None,
    actor: str,
) -> DiagnosisLabel:
    """Both are set to what is given. One label for each execution: the last word counts."""
    said = {
        "workspace": workspace,
        "rules_version": diagnosis.rules_version,
        "said_category": diagnosis.verdict.category,
        "said_confidence": diagnosis.verdict.confidence,
        "rules": {one.id: one.points for one in diagnosis.rules},
        "is_helpful": is_helpful,
        "right_category": right_category,
        "labelled_by": actor[:150],
        "labelled_at": timezone.now(),
    }
    with transaction.atomic():
        label, _ = DiagnosisLabel.objects.update_or_create(execution_id=diagnosis.execution, defaults=said)
        record_audit(
            workspace=workspace, by=by, actor=actor, verb="diagnosis.labelled", target=str(diagnosis.execution),
            is_helpful=is_helpful, right_category=right_category,
        )  # fmt: skip
    return label
