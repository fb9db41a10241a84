"""Analyses by a model, of one workspace."""

from analytics.errors import AnalysisUnknown
from analytics.models import Analysis
from workspaces.models import Workspace


def find_analysis(workspace: Workspace, analysis_id: int) -> Analysis:
    """Raises AnalysisUnknown."""
    found = Analysis.objects.filter(workspace=workspace, pk=analysis_id).select_related("group", "workspace").first()
    if found is None:
        raise AnalysisUnknown(f"There is no analysis {analysis_id} in this workspace.")
    return found
