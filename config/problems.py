"""Errors over HTTP, in one shape: application/problem+json (RFC 9457). One table says which error is which status."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from analytics import errors as analytics
from executions import errors as executions
from executions.batches.schemas import MistakeOut
from flows import encryption
from flows import errors as flows
from flows.language import jsontext
from flows.schemas.problems import ProblemOut
from notifications import errors as notifications
from workspaces import errors as workspaces

log = logging.getLogger(__name__)

STATUS: Final[Mapping[type[Exception], int]] = {
    workspaces.WorkspacesError: 400,
    workspaces.WorkspaceInvalid: 422,
    workspaces.NotAllowed: 403,
    workspaces.LinkSpent: 410,
    workspaces.SignInRefused: 403,
    workspaces.TooManyTries: 429,
    workspaces.MemberInvalid: 422,
    workspaces.TokenInvalid: 422,
    workspaces.LastAdmin: 409,
    workspaces.NotThere: 404,
    flows.FlowsError: 400,
    flows.FlowInvalid: 422,
    flows.FilesInvalid: 422,
    flows.EnvironmentInvalid: 422,
    flows.SecretRefused: 422,
    flows.VariableInvalid: 422,
    flows.FlowChanged: 412,
    flows.FlowTaken: 412,
    flows.EnvironmentChanged: 412,
    flows.EnvironmentTaken: 409,
    flows.QuarantineInvalid: 422,
    flows.QuarantineUnknown: 404,
    flows.FlowUnknown: 404,
    flows.VersionUnknown: 404,
    flows.EnvironmentUnknown: 404,
    executions.ExecutionsError: 400,
    executions.AlreadyFinal: 409,
    executions.CannotRerun: 409,
    executions.CallRefused: 409,
    executions.InAnotherWorkspace: 404,
    executions.KeyUsedBefore: 409,
    executions.SearchInvalid: 422,
    executions.NoSuchPlace: 404,
    executions.NoSuchRange: 416,
    executions.BulkInvalid: 422,
    executions.BulkKeyUsedBefore: 409,
    analytics.AnalyticsError: 400,
    analytics.QuestionInvalid: 422,
    analytics.DocumentInvalid: 422,
    analytics.DocumentUnknown: 404,
    analytics.RouteInvalid: 422,
    analytics.RouteUnknown: 404,
    analytics.GroupUnknown: 404,
    analytics.AnalysisUnknown: 404,
    analytics.NothingToAnalyse: 409,
    analytics.AnalysisOff: 409,
    analytics.AnalysisLimited: 429,
    executions.RowsInvalid: 422,
    executions.BatchUnknown: 404,
    executions.BatchKeyUsedBefore: 409,
    executions.HookInvalid: 422,
    executions.HookUnknown: 404,
    executions.HookCalledTooOften: 429,
    executions.ScheduleInvalid: 422,
    executions.ScheduleUnknown: 404,
    executions.ScheduleChanged: 412,
    notifications.NotificationsError: 400,
    notifications.TargetInvalid: 422,
    notifications.RuleInvalid: 422,
    notifications.NoSuchThing: 404,
    encryption.CannotDecrypt: 500,
}


FAMILIES: Final = (
    workspaces.WorkspacesError,
    flows.FlowsError,
    executions.ExecutionsError,
    analytics.AnalyticsError,
    notifications.NotificationsError,
    encryption.CannotDecrypt,
)


def problem(status: int, detail: str, *, code: str = "", **more: Any) -> HttpResponse:
    """A problem document. `code` is stable and for programs; `detail` is a sentence for people."""
    title = HTTPStatus(status).phrase
    body = {"type": f"urn:stepwell:problem:{code or title.lower().replace(' ', '_')}", "title": title, "status": status}
    return HttpResponse(
        jsontext.dumps({**body, "detail": detail, **more}), status=status, content_type="application/problem+json"
    )


def install(api: NinjaAPI) -> None:
    """Every error that leaves an endpoint becomes a problem."""
    for kind in FAMILIES:
        api.exception_handler(kind)(_ours)
    api.exception_handler(flows.FlowInvalid)(_flow_invalid)
    api.exception_handler(executions.RowsInvalid)(_rows_invalid)
    api.exception_handler(executions.InAnotherWorkspace)(_in_another_workspace)
    api.exception_handler(executions.NoSuchRange)(_no_such_range)
    api.exception_handler(flows.FlowChanged)(_flow_changed)
    api.exception_handler(flows.FlowTaken)(_flow_taken)
    api.exception_handler(ValidationError)(_request_invalid)
    api.exception_handler(HttpError)(_http_error)
    api.exception_handler(Http404)(_not_found)
    api.exception_handler(PermissionDenied)(_denied)
    api.exception_handler(DataError)(_unstorable)
    api.exception_handler(UnicodeEncodeError)(_unstorable)
    api.exception_handler(Exception)(_our_bug)


def status_of(error: Exception) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _ours(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_of(error)


def _no_such_range(request: HttpRequest, error: executions.NoSuchRange) -> HttpResponse:
    response = problem_of(error)
    response["Content-Range"] = f"bytes */{error.size}"
    return response


def not_found_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What answers where no address matches: in the API's own shape below /api/, else as a page."""
    if request.path.startswith("/api/"):
        return problem(404, f"There is nothing at {request.path}.")
    return page_not_found(request, exception, "workspaces/not_found.html")


def problem_of(error: Exception) -> HttpResponse:
    """Of one of our errors."""
    return problem(status_of(error), str(error), code=str(getattr(error, "code", "")) or _snake(type(error).__name__))


def _flow_invalid(request: HttpRequest, error: flows.FlowInvalid) -> HttpResponse:
    found = [ProblemOut.of(one).dict() for one in error.problems]
    return problem(status_of(error), str(error), code=error.code, problems=found)


def _in_another_workspace(request: HttpRequest, error: executions.InAnotherWorkspace) -> HttpResponse:
    return problem(status_of(error), str(error), code="in_another_workspace", workspace=error.workspace)


def _flow_changed(request: HttpRequest, error: flows.FlowChanged) -> HttpResponse:
    return problem(status_of(error), str(error), code=error.code, version=error.version)


def _flow_taken(request: HttpRequest, error: flows.FlowTaken) -> HttpResponse:
    return problem(status_of(error), str(error), code=error.code, slug=error.slug)


def _rows_invalid(request: HttpRequest, error: executions.RowsInvalid) -> HttpResponse:
    found = [MistakeOut(row=one.row, column=one.column, message=one.message).dict() for one in error.mistakes]
    return problem(status_of(error), str(error), code="rows_invalid", mistakes=found)


def _request_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Only where and why: what was sent may hold secrets.
    places = [{"place": ".".join(map(str, one["loc"])), "message": str(one["msg"])} for one in error.errors]
    detail = "; ".join(f"{one['place']}: {one['message']}" for one in places[:5])
    return problem(422, detail or "The request cannot be read.", code="request_invalid", errors=places)


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    response = problem(error.status_code, error.message)
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="stepwell"'
    return response


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, str(error) or "There is nothing here.")


def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, str(error) or "You may not do this.")


def _unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(422, "A text holds a character that cannot be kept: NUL, or half of a surrogate pair.")


def _our_bug(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "This is a fault of the server; its log has the details.")


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
