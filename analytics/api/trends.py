"""Pass rates and durations over HTTP."""

from django.http import HttpResponse
from ninja import Query, Router

from analytics.csvtext import csv_response
from analytics.questions.durations import (
    FlowDurations,
    FlowSpeed,
    StepDurations,
    all_durations,
    flow_durations,
    step_durations,
)
from analytics.questions.tiles import Tile, tiles
from analytics.questions.trend import FlowRate, Trend, by_environment, by_flow, trend_of
from analytics.schemas import ScopeIn, StepIn, TableIn
from workspaces.auth import ApiRequest

router = Router()


@router.get("/tiles", response=list[Tile])
def get_tiles(request: ApiRequest, query: Query[ScopeIn]) -> list[Tile]:
    """The numbers on top, each with that of as many days before."""
    return tiles(query.of(request.auth.workspace))


@router.get("/pass-rate", response=Trend)
def get_pass_rate(request: ApiRequest, query: Query[TableIn]) -> Trend | HttpResponse:
    """Day by day or hour by hour, with its 95 % band. `q` is the search that finds the executions behind a point."""
    trend = trend_of(query.of(request.auth.workspace))
    return csv_response("pass-rate", trend.points) if query.format == "csv" else trend


@router.get("/pass-rate/flows", response=list[FlowRate])
def get_pass_rate_of_flows(request: ApiRequest, query: Query[TableIn]) -> list[FlowRate] | HttpResponse:
    """Each flow in the whole time, the worst first."""
    found = by_flow(query.of(request.auth.workspace))
    return csv_response("pass-rate-of-flows", found) if query.format == "csv" else found


@router.get("/pass-rate/environments", response=list[FlowRate])
def get_pass_rate_of_environments(request: ApiRequest, query: Query[TableIn]) -> list[FlowRate] | HttpResponse:
    """Each environment in the whole time."""
    found = by_environment(query.of(request.auth.workspace))
    return csv_response("pass-rate-of-environments", found) if query.format == "csv" else found


@router.get("/durations", response=list[FlowSpeed])
def get_durations(request: ApiRequest, query: Query[TableIn]) -> list[FlowSpeed] | HttpResponse:
    """Every flow now and in as many days before, those that became slower first."""
    found = all_durations(query.of(request.auth.workspace))
    return csv_response("durations", found) if query.format == "csv" else found


@router.get("/durations/flow", response=FlowDurations)
def get_flow_durations(request: ApiRequest, query: Query[TableIn]) -> FlowDurations | HttpResponse:
    """One flow by day or hour, its steps, and the executions from which on it took longer or less."""
    found = flow_durations(query.of(request.auth.workspace))
    return csv_response("durations-of-flow", found.points) if query.format == "csv" else found


@router.get("/durations/step", response=StepDurations)
def get_step_durations(request: ApiRequest, query: Query[StepIn]) -> StepDurations | HttpResponse:
    """One step of one flow."""
    found = step_durations(query.of(request.auth.workspace), query.key)
    return csv_response("durations-of-step", found.points) if query.format == "csv" else found
