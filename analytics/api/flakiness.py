"""Flaky steps and incidents over HTTP."""

from django.http import HttpResponse
from ninja import Query, Router

from analytics.csvtext import csv_response
from analytics.errors import QuestionInvalid
from analytics.flakiness.score import Health
from analytics.questions.flaky import FlakyStep, flaky_steps
from analytics.questions.incidents import Incident, incidents
from analytics.schemas import FlakyIn, ScopeIn
from analytics.words import words_of
from workspaces.auth import ApiRequest

router = Router()


@router.get("/flaky-steps", response=list[FlakyStep])
def get_flaky_steps(request: ApiRequest, query: Query[FlakyIn]) -> list[FlakyStep] | HttpResponse:
    """Ranked by what they disturb, with their last results and the executions that are the evidence.

    The window is that of the score (100 results of the last 14 days), whatever `days` says.
    """
    health = words_of("health", query.health, [one.value for one in Health])
    if not health:
        raise QuestionInvalid("health: name at least one.")
    found = flaky_steps(query.of(request.auth.workspace), health=health, order=query.order)
    return csv_response("flaky-steps", found) if query.format == "csv" else found


@router.get("/incidents", response=list[Incident])
def get_incidents(request: ApiRequest, query: Query[ScopeIn]) -> list[Incident]:
    """When many flows failed at once. Their failures count for no step's flakiness."""
    return incidents(query.of(request.auth.workspace))
