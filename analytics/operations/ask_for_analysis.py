"""Have the model asked why something failed; or give the answer that is there already."""

from datetime import timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.analysis import guard
from analytics.analysis.budget import tokens_in
from analytics.analysis.document import Document
from analytics.analysis.order import MOST_TOKENS
from analytics.analysis.prices import Usage, counted_cost
from analytics.analysis.prompt import SYSTEM, VERSION
from analytics.analysis.subject import Subject
from analytics.models import Analysis, AnalysisStatus
from analytics.operations.sweep_analyses import end_lost
from executions.queue import send_analysis
from workspaces.operations.record_audit import record_audit

SAME_FAILURE: Final = timedelta(hours=24)  # an answer about another run of the group is offered for so long


def ask_for_analysis(*, subject: Subject, by: User | None, actor: str, anew: bool = False) -> Analysis:
    """The one that is queued now; or one that runs, or that says what this one would. `anew` asks in any case.

    Raises NothingToAnalyse, AnalysisOff and AnalysisLimited.
    """
    guard.require_on(subject.workspace)
    end_lost()
    running = subject.analyses().active().first()
    if running is not None:
        return running
    document = subject.document()
    if not anew and (known := same_question(subject, document) or of_same_failure(subject)):
        return known
    with guard.one_at_a_time():
        running = subject.analyses().active().first()
        return running or _queue(subject, document, by, actor)


def same_question(subject: Subject, document: Document) -> Analysis | None:
    """An answer to exactly this: the same evidence, prompt and model."""
    found = subject.analyses().filter(
        status=AnalysisStatus.DONE, pack_hash=document.hash, prompt_version=VERSION, model=settings.AI_MODEL
    )
    return found.order_by("-id").first()


def of_same_failure(subject: Subject) -> Analysis | None:
    """A recent answer about another run that failed in the same way."""
    if subject.is_of_group or subject.group is None:
        return None
    since = timezone.now() - SAME_FAILURE
    found = Analysis.objects.filter(
        workspace=subject.workspace, group=subject.group, status=AnalysisStatus.DONE, finished_at__gte=since
    ).exclude(execution_id=subject.execution_id, is_of_group=False)
    return found.filter(prompt_version=VERSION, model=settings.AI_MODEL).order_by("-id").first()


def _queue(subject: Subject, document: Document, by: User | None, actor: str) -> Analysis:
    most = counted_cost(settings.AI_MODEL, Usage(tokens_in(SYSTEM + document.text), MOST_TOKENS))
    guard.require_quota(by)
    guard.require_calm()
    guard.require_money(most)
    made = Analysis.objects.create(
        workspace=subject.workspace,
        execution_id=subject.execution_id,
        group=subject.group,
        is_of_group=subject.is_of_group,
        model=settings.AI_MODEL,
        effort=settings.AI_EFFORT,
        prompt_version=VERSION,
        pack_hash=document.hash,
        system=SYSTEM,
        document=document.text,
        counted_cost=most,
        asked_by=by,
        actor=actor[:150],
    )
    record_audit(
        workspace=subject.workspace, by=by, actor=actor, verb="analysis.asked", target=subject.name,
        analysis=made.pk, model=made.model, characters=len(document.text), hash=document.hash,
    )  # fmt: skip
    transaction.on_commit(partial(send_analysis, made.pk))
    return made
