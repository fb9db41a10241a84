"""Asking a model why something failed, over HTTP."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from analytics.analysis.guard import allowance
from analytics.analysis.prices import PRICES
from analytics.analysis.prompt import SYSTEM, VERSION
from analytics.analysis.subject import Subject, of_execution, of_group
from analytics.analysis_schemas import (
    AnalysisOut,
    AskIn,
    AutomaticIn,
    ConsentIn,
    LabelIn,
    SentOut,
    SettingsOut,
    StateOut,
    why_not,
)
from analytics.models import Analysis, AnalysisConsent
from analytics.operations.ask_for_analysis import ask_for_analysis, of_same_failure
from analytics.operations.give_consent import give_consent
from analytics.operations.label_analysis import label_analysis
from analytics.operations.let_it_ask import let_it_ask
from analytics.operations.sweep_analyses import end_lost
from analytics.questions.analyses import find_analysis
from analytics.questions.failures import find_group
from executions.lookup import find_execution
from workspaces.auth import ApiRequest
from workspaces.models import Role, Workspace

router = Router()


@router.get("/executions/{int:execution_id}/analysis", response=StateOut)
def get_analysis_of_execution(request: ApiRequest, execution_id: int) -> StateOut:
    """The last analysis of a failed execution, whether one may be asked for, and one of the same failure elsewhere."""
    return _state(of_execution(find_execution(request.auth.workspace, execution_id)))


@router.post("/executions/{int:execution_id}/analysis", response={202: AnalysisOut})
def ask_about_execution(request: ApiRequest, execution_id: int, body: AskIn) -> Status[AnalysisOut]:
    """Have the model asked why it failed; or get the answer that is there. Follow it at /analytics/analyses/{id}.

    409 where it is off (`no_key`, `no_consent`, `switched_off`) or no step failed; 429 where it is limited.
    """
    request.auth.require(Role.EDITOR)
    return _asked(request, of_execution(find_execution(request.auth.workspace, execution_id)), body)


@router.get("/executions/{int:execution_id}/analysis/preview", response=SentOut)
def preview_analysis(request: ApiRequest, execution_id: int) -> SentOut:
    """What would be sent about it, word for word. Nothing is."""
    document = of_execution(find_execution(request.auth.workspace, execution_id)).document()
    return _sent(settings.AI_MODEL, settings.AI_EFFORT, VERSION, SYSTEM, document.text)


@router.get("/failures/{fingerprint}/analysis", response=StateOut)
def get_analysis_of_group(request: ApiRequest, fingerprint: str) -> StateOut:
    """The same for a group of failures."""
    return _state(of_group(find_group(request.auth.workspace, fingerprint)))


@router.post("/failures/{fingerprint}/analysis", response={202: AnalysisOut})
def ask_about_group(request: ApiRequest, fingerprint: str, body: AskIn) -> Status[AnalysisOut]:
    """Have the model asked why it keeps failing."""
    request.auth.require(Role.EDITOR)
    return _asked(request, of_group(find_group(request.auth.workspace, fingerprint)), body)


@router.get("/analyses/{int:analysis_id}", response=AnalysisOut)
def get_analysis(request: ApiRequest, analysis_id: int, response: HttpResponse) -> AnalysisOut | HttpResponse:
    """While it runs, with what is finished and checked. An ETag makes asking often cheap."""
    end_lost()
    found = find_analysis(request.auth.workspace, analysis_id)
    tag = f'W/"a{found.pk}.{found.revision}"'
    if _has_seen(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    response["ETag"] = tag
    return AnalysisOut.of(found)


@router.get("/analyses/{int:analysis_id}/sent", response=SentOut)
def get_what_was_sent(request: ApiRequest, analysis_id: int) -> SentOut:
    """Word for word."""
    found = find_analysis(request.auth.workspace, analysis_id)
    return _sent(found.model, found.effort, found.prompt_version, found.system, found.document)


@router.put("/analyses/{int:analysis_id}/label", response=AnalysisOut)
def put_label(request: ApiRequest, analysis_id: int, body: LabelIn) -> AnalysisOut:
    """Whether it helped, and what the cause was."""
    caller = request.auth
    caller.require(Role.EDITOR)
    found = find_analysis(caller.workspace, analysis_id)
    labelled = label_analysis(
        analysis=found, is_helpful=body.is_helpful, right_category=body.right_category,
        by=caller.user, actor=caller.actor,
    )  # fmt: skip
    return AnalysisOut.of(labelled)


@router.get("/ai", response=SettingsOut)
def get_ai_settings(request: ApiRequest) -> SettingsOut:
    """Whether a model may be asked in this workspace, by which name, and what was spent today."""
    return _settings(request.auth.workspace)


@router.put("/ai/consent", response=SettingsOut)
def put_consent(request: ApiRequest, body: ConsentIn) -> SettingsOut:
    """Allow or forbid that masked evidence leaves this host. For admins."""
    caller = request.auth
    caller.require(Role.ADMIN)
    give_consent(workspace=caller.workspace, is_given=body.is_given, by=caller.user, actor=caller.actor)
    return _settings(caller.workspace)


@router.put("/ai/automatic", response=SettingsOut)
def put_automatic(request: ApiRequest, body: AutomaticIn) -> SettingsOut:
    """Have the model asked about every new failure without anybody's asking, or no more. Off at first. For admins.

    409 where it is to be switched on and nobody may ask (`no_key`, `no_consent`, `switched_off`).
    """
    caller = request.auth
    caller.require(Role.ADMIN)
    let_it_ask(workspace=caller.workspace, is_on=body.is_on, by=caller.user, actor=caller.actor)
    return _settings(caller.workspace)


def _state(subject: Subject) -> StateOut:
    end_lost()
    last = subject.analyses().select_related("group").order_by("-id").first()
    similar = None if last is not None and last.status != "failed" else of_same_failure(subject)
    return StateOut(
        why_not=why_not(allowance(subject.workspace)),
        model=settings.AI_MODEL,
        analysis=None if last is None else AnalysisOut.of(last),
        similar=None if similar is None else AnalysisOut.of(similar),
    )


def _asked(request: ApiRequest, subject: Subject, body: AskIn) -> Status[AnalysisOut]:
    caller = request.auth
    found: Analysis = ask_for_analysis(subject=subject, by=caller.user, actor=caller.actor, anew=body.anew)
    return Status(202, AnalysisOut.of(found))


def _settings(workspace: Workspace) -> SettingsOut:
    consent = AnalysisConsent.objects.filter(workspace=workspace).first()
    return SettingsOut.of(
        allowance(workspace),
        model=settings.AI_MODEL,
        has_price=settings.AI_MODEL in PRICES,
        consent=consent,
    )


def _sent(model: str, effort: str, version: int, system: str, document: str) -> SentOut:
    return SentOut(
        model=model, effort=effort, prompt_version=version, system=system, document=document,
        characters=len(system) + len(document),
    )  # fmt: skip


def _has_seen(request: HttpRequest, tag: str) -> bool:
    return tag in [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
