"""What a person thinks of an analysis: kept as a label, for whoever tends the prompt and the rules."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.models import Analysis
from workspaces.operations.record_audit import record_audit


def label_analysis(
    *, analysis: Analysis, is_helpful: bool | None, right_category: str, by: User | None, actor: str
) -> Analysis:
    """Both are set to what is given."""
    with transaction.atomic():
        Analysis.objects.filter(pk=analysis.pk).update(
            is_helpful=is_helpful,
            right_category=right_category,
            labelled_by=actor[:150],
            labelled_at=timezone.now(),
            revision=analysis.revision + 1,
        )
        record_audit(
            workspace=analysis.workspace, by=by, actor=actor, verb="analysis.labelled", target=str(analysis.pk),
            is_helpful=is_helpful, right_category=right_category,
        )  # fmt: skip
    analysis.refresh_from_db()
    return analysis
