"""The diagnosis of an execution over HTTP, and what people say of it."""

from django.http import Http404
from ninja import Router

from analytics.analysis_schemas import LabelIn
from analytics.diagnosis.pack import Diagnosis, diagnose
from analytics.models import DiagnosisLabel
from analytics.operations.label_diagnosis import label_diagnosis
from analytics.schemas import DiagnosisLabelOut
from executions.lookup import find_execution
from workspaces.auth import ApiRequest
from workspaces.models import Role

router = Router()


@router.get("/executions/{int:execution_id}/diagnosis", response=Diagnosis)
def get_diagnosis(request: ApiRequest, execution_id: int) -> Diagnosis:
    """Why it failed, by rules over what is recorded: the likeliest cause of four, the evidence, what to do next.

    404 where no step failed.
    """
    return _found(request, execution_id)


@router.get("/executions/{int:execution_id}/diagnosis/label", response=DiagnosisLabelOut)
def get_diagnosis_label(request: ApiRequest, execution_id: int) -> DiagnosisLabelOut:
    """What a person said of the diagnosis; empty where nobody has."""
    execution = find_execution(request.auth.workspace, execution_id)
    return DiagnosisLabelOut.of(DiagnosisLabel.objects.filter(execution_id=execution.pk).first())


@router.put("/executions/{int:execution_id}/diagnosis/label", response=DiagnosisLabelOut)
def put_diagnosis_label(request: ApiRequest, execution_id: int, body: LabelIn) -> DiagnosisLabelOut:
    """Whether it helped, and what the cause was. The last word counts."""
    caller = request.auth
    caller.require(Role.EDITOR)
    label = label_diagnosis(
        workspace=caller.workspace, diagnosis=_found(request, execution_id), is_helpful=body.is_helpful,
        right_category=body.right_category, by=caller.user, actor=caller.actor,
    )  # fmt: skip
    return DiagnosisLabelOut.of(label)


def _found(request: ApiRequest, execution_id: int) -> Diagnosis:
    found = diagnose(find_execution(request.auth.workspace, execution_id))
    if found is None:
        raise Http404(f"No step of execution #{execution_id} failed; there is nothing to diagnose.")
    return found
