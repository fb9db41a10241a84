"""The diagnosis of an execution over HTTP."""

from django.http import Http404
from ninja import Router

from analytics.diagnosis.pack import Diagnosis, diagnose
from executions.lookup import find_execution
from workspaces.auth import ApiRequest

router = Router()


@router.get("/executions/{int:execution_id}/diagnosis", response=Diagnosis)
def get_diagnosis(request: ApiRequest, execution_id: int) -> Diagnosis:
    """Why it failed, by rules over what is recorded: the likeliest cause of four, the evidence, what to do next.

    404 where no step failed.
    """
    found = diagnose(find_execution(request.auth.workspace, execution_id))
    if found is None:
        raise Http404(f"No step of execution #{execution_id} failed; there is nothing to diagnose.")
    return found
