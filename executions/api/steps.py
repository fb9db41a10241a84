"""One step run in full, and any piece of what its attempts recorded."""

from typing import Any

from django.http import Http404, HttpResponse
from ninja import Query

from executions.api.router import router
from executions.excerpts import piece_of, text_of
from executions.lookup import attempts_of, called_from, find_attempt, find_execution, find_step, steps_page
from executions.ranges import partial_file
from executions.schemas import StepPage, StepQuery, step_json
from executions.step_schemas import (
    AttemptOut,
    PayloadQuery,
    PieceOut,
    PlaceQuery,
    StepDetailOut,
    VariableOut,
    VariablesOut,
    part_of,
)
from executions.variables import variables_at
from flows.language import jsontext
from workspaces.auth import ApiRequest


@router.get("/{int:execution_id}/steps", response=StepPage)
def list_steps(request: ApiRequest, execution_id: int, query: Query[StepQuery]) -> HttpResponse:
    """Step runs in the order they became due; of one step around them, such as a loop over thousands, or all."""
    execution = find_execution(request.auth.workspace, execution_id)
    steps, following = steps_page(execution, parent=query.parent, after=int(query.cursor or 0), limit=query.limit)
    page = {"items": [step_json(step, parent) for step, parent in steps], "next": following}
    return HttpResponse(jsontext.dumps(page), content_type="application/json")


# Before the step: a path may have any number of slashes.
@router.get("/{int:execution_id}/steps/{path:path}/attempts/{int:number}/payload", response=PieceOut)
def get_payload(request: ApiRequest, execution_id: int, path: str, number: int, query: Query[PayloadQuery]) -> PieceOut:
    """A piece of what an attempt recorded, by characters: for what the step itself has only the beginning of."""
    recorded = _recorded(request, execution_id, path, number, query.part)
    return PieceOut.of(query, piece_of(recorded, query.pointer, query.offset, query.limit))


@router.get(
    "/{int:execution_id}/steps/{path:path}/attempts/{int:number}/payload/file", response={200: str, 206: str, 416: str}
)
def get_payload_file(
    request: ApiRequest, execution_id: int, path: str, number: int, query: Query[PlaceQuery]
) -> HttpResponse:
    """All of it as a file: a text as it is, anything else as JSON. A `Range` header asks for some of its bytes."""
    text, is_text = text_of(_recorded(request, execution_id, path, number, query.part), query.pointer)
    kind, ending = ("text/plain; charset=utf-8", "txt") if is_text else ("application/json", "json")
    name = f"{execution_id}-{path.rsplit('/', 1)[-1]}-{number}-{query.part}.{ending}"
    return partial_file(request.headers, text.encode(errors="surrogatepass"), kind, name)


def _recorded(request: ApiRequest, execution_id: int, path: str, number: int, part: str) -> Any:
    step = find_step(find_execution(request.auth.workspace, execution_id), path)
    attempt, payload = find_attempt(step, number)
    recorded = part_of(attempt, payload, part)
    if recorded is None:
        raise Http404(f"Attempt {number} of {path} recorded no {part}.")
    return recorded


@router.get("/{int:execution_id}/steps/{path:path}/variables", response=VariablesOut)
def get_variables(request: ApiRequest, execution_id: int, path: str) -> VariablesOut:
    """The variables the step could see and those it set: value, who set it, who used it later."""
    execution = find_execution(request.auth.workspace, execution_id)
    visible, own = variables_at(execution, find_step(execution, path))
    return VariablesOut(visible=[VariableOut.of(one) for one in visible], set_here=[VariableOut.of(one) for one in own])


@router.get("/{int:execution_id}/steps/{path:path}", response=StepDetailOut)
def get_step(request: ApiRequest, execution_id: int, path: str, whole: bool = False) -> StepDetailOut:
    """A step run with every attempt: what it sent, got, asserted, captured and read.

    Of what is longer than 64 KB the beginning comes along, and `shortened` says so; `whole` asks for all of it.
    """
    step = find_step(find_execution(request.auth.workspace, execution_id), path)
    return StepDetailOut.of(
        step,
        parent=step.parent.path if step.parent else None,
        attempts=[AttemptOut.of(attempt, payload, is_whole=whole) for attempt, payload in attempts_of(step)],
        called=called_from(step),
    )
