"""POST /hooks/TOKEN: starts the flow of a hook. The token is all that is asked for."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.problems import FAMILIES, problem, problem_of
from executions.operations.call_hook import LARGEST, call_hook
from executions.schemas import page_of


@csrf_exempt
@never_cache
@require_POST
def call(request: HttpRequest, token: str) -> HttpResponse:
    """201 with the number of the execution; 200 with the same one again for an Idempotency-Key that was sent before."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 200:
        return problem(422, "An Idempotency-Key has 1 to 200 characters.")
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return problem(413, f"What is posted may have {LARGEST} bytes.")
    try:
        execution, is_new = call_hook(token=token, content=request.body, idempotency_key=key)
    except FAMILIES as exc:
        return problem_of(exc)
    return JsonResponse({"id": execution.pk, "url": page_of(execution)}, status=201 if is_new else 200)
