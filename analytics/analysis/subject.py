"""What an analysis is about: a failed execution, or a group of failures."""

from dataclasses import dataclass

from analytics.analysis.document import Document, document_of_execution, document_of_group
from analytics.diagnosis.pack import Diagnosis, diagnose
from analytics.errors import NothingToAnalyse
from analytics.models import Analysis, AnalysisQuerySet, FailureGroup, FailureOccurrence
from executions.models import Execution
from workspaces.models import Workspace

LOOKED_AT = 20  # occurrences, until one is found that is still on record


@dataclass(frozen=True)
class Subject:
    workspace: Workspace
    execution: Execution | None
    group: FailureGroup | None
    is_of_group: bool

    @property
    def execution_id(self) -> int | None:
        return self.execution.pk if self.execution else None

    @property
    def name(self) -> str:
        """For the audit log."""
        return f"failure {self.group.fingerprint}" if self.is_of_group and self.group else f"#{self.execution_id}"

    def analyses(self) -> AnalysisQuerySet:
        found = Analysis.objects.filter(workspace=self.workspace, is_of_group=self.is_of_group)
        return found.filter(group=self.group) if self.is_of_group else found.filter(execution_id=self.execution_id)

    def document(self) -> Document:
        """Raises NothingToAnalyse."""
        diagnosis = self._diagnosis()
        if self.is_of_group and self.group is not None:
            return document_of_group(self.group, self.execution, diagnosis)
        if self.execution is None or diagnosis is None:
            raise NothingToAnalyse(f"No step of execution #{self.execution_id} failed; there is nothing to analyse.")
        return document_of_execution(self.execution, diagnosis)

    def _diagnosis(self) -> Diagnosis | None:
        return diagnose(self.execution) if self.execution else None


def of_execution(execution: Execution) -> Subject:
    seen = FailureOccurrence.objects.filter(execution_id=execution.pk, is_recovered=False).select_related("group")
    found = seen.first()
    return Subject(execution.workspace, execution, found.group if found else None, is_of_group=False)


def of_group(group: FailureGroup) -> Subject:
    """With its last occurrence that is still on record."""
    last = FailureOccurrence.objects.filter(group=group, is_recovered=False).order_by("-at")
    ids = list(last.values_list("execution_id", flat=True)[:LOOKED_AT])
    known = Execution.objects.filter(workspace=group.workspace, pk__in=ids).select_related(
        "flow", "flow_version", "workspace"
    )
    return Subject(group.workspace, max(known, key=lambda one: one.pk, default=None), group, is_of_group=True)
