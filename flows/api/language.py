"""What an editor wants to know of the language, and of a text."""

from django.http import HttpResponse

from flows.api.router import flows
from flows.language.check import check
from flows.lookup import find_environment
from flows.schemas.language import CheckIn, CheckOut, LanguageOut, language
from flows.schemas.problems import ProblemOut
from workspaces.auth import ApiRequest


@flows.post("/check", response=CheckOut)
def check_flow(request: ApiRequest, body: CheckIn) -> CheckOut:
    """Every problem of a text, without saving it. Names of the environment draw no warning."""
    known = None
    if body.environment:
        environment = find_environment(request.auth.workspace, body.environment)
        known = [variable.name for variable in environment.variables.all()]
    checked = check(body.text, filename=body.filename, known_names=known)
    return CheckOut(problems=[ProblemOut.of(problem) for problem in checked.problems])


@flows.get("/-/language", response=LanguageOut)
def get_language(request: ApiRequest) -> HttpResponse:
    """The JSON Schema of a flow, the built-in names and the functions: what an editor completes. With an ETag."""
    found = language()
    headers = {"ETag": found.etag, "Cache-Control": "private, max-age=0"}
    if found.etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(found.text, content_type="application/json", headers=headers)
