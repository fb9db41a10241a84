"""A step run with its attempts, as the API shows them: masked already, and of what is long the beginning."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal, get_args

from ninja import Field, Schema

from executions.excerpts import Kind, Piece, shorten
from executions.models import Attempt, Execution, Payload, StepRun
from executions.schemas import Failure, StepRow, failure_of, milliseconds, page_of, step_row
from executions.variables import Origin, Variable

LONGEST_VALUE: Final = 400  # characters of a variable

Part = Literal["request", "response", "assertions", "captured", "condition", "draws"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)  # of an attempt: what may be long


class AttemptOut(Schema):
    number: int
    status: str
    started_at: datetime
    finished_at: datetime | None
    queue_ms: int
    duration_ms: int | None
    timing: Any
    failure: Failure | None
    condition: Any
    assertions: Any
    captured: Any
    reads: Any
    draws: Any
    request: Any
    response: Any
    request_size: int
    response_size: int
    is_cut: bool
    is_partial: bool
    late_results: list["LateResultOut"]
    shortened: list["ShortenedOut"] = Field(description="What is too long to come along: only its beginning did.")

    @classmethod
    def of(cls, attempt: Attempt, payload: Payload | None, *, is_whole: bool = False) -> "AttemptOut":
        parts = {part: part_of(attempt, payload, part) for part in PARTS}
        shortened: list[ShortenedOut] = []
        if not is_whole:
            for part, value in parts.items():
                parts[part], notes = shorten(value)
                shortened += [ShortenedOut(part=part, **vars(note)) for note in notes]
        return cls(
            **parts,
            shortened=shortened,
            number=attempt.number,
            status=attempt.status,
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
            queue_ms=milliseconds(attempt.due_at, attempt.started_at) or 0,
            duration_ms=milliseconds(attempt.started_at, attempt.finished_at),
            timing=attempt.timing,
            failure=failure_of(attempt.failure_kind, attempt.failure_code, attempt.failure_message),
            reads=attempt.reads or [],
            request_size=payload.request_size if payload else 0,
            response_size=payload.response_size if payload else 0,
            is_cut=payload.is_cut if payload else False,
            is_partial=payload.is_partial if payload else False,
            late_results=[
                LateResultOut(at=late.at, status=late.status, message=late.message)
                for late in attempt.late_results.all()
            ],
        )


def part_of(attempt: Attempt, payload: Payload | None, part: str) -> Any:
    """What an attempt recorded, by the name it has over HTTP."""
    if part in {"request", "response"}:
        return getattr(payload, part) if payload else None
    return getattr(attempt, part) or ([] if part in {"assertions", "captured"} else None)


class ShortenedOut(Schema):
    """A value of which only the beginning was sent. The rest: `…/attempts/{number}/payload?part=&pointer=`."""

    part: Part
    pointer: str = Field(description="RFC 6901, from the part on; empty for all of it.")
    kind: Kind
    shown: int = Field(description="Characters of a text, items of a list, members of an object.")
    total: int
    size: int = Field(description="Characters of its whole text, JSON unless it is a text.")


class PlaceQuery(Schema):
    """Which part of an attempt's record."""

    part: Part
    pointer: str = Field("", max_length=4096, pattern=r"^(/.*)?$", description="RFC 6901; empty for all of it.")


class PayloadQuery(PlaceQuery):
    """Which piece of it."""

    offset: int = Field(0, ge=0, description="Characters to leave out.")
    limit: int = Field(256 * 1024, ge=1, le=16 * 1024 * 1024, description="Characters at most.")


class PieceOut(Schema):
    """A piece of a text: what a value that is a text says, or JSON. Characters are Unicode code points."""

    part: Part
    pointer: str
    offset: int
    text: str
    total: int
    next: int | None = Field(description="The offset of what follows; null at the end.")

    @classmethod
    def of(cls, query: PayloadQuery, piece: Piece) -> "PieceOut":
        return cls(
            part=query.part,
            pointer=query.pointer,
            offset=piece.offset,
            text=piece.text,
            total=piece.total,
            next=piece.next,
        )


class AttemptLineOut(Schema):
    """One bar of a timeline."""

    path: str
    number: int
    status: str
    due_at: datetime
    started_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptLineOut":
        return cls(
            path=attempt.step_run.path,
            number=attempt.number,
            status=attempt.status,
            due_at=attempt.due_at,
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
        )


class LateResultOut(Schema):
    """What a worker brought after the attempt had been given up."""

    at: datetime
    status: str
    message: str


class CalledOut(Schema):
    """An execution that the step started."""

    execution: int
    flow: str
    flow_name: str
    status: str
    queued_at: datetime
    duration_ms: int | None
    url: str

    @classmethod
    def of(cls, execution: Execution) -> "CalledOut":
        return cls(
            execution=execution.pk,
            flow=execution.flow.slug,
            flow_name=execution.flow_name,
            status=execution.status,
            queued_at=execution.queued_at,
            duration_ms=execution.duration_ms,
            url=page_of(execution),
        )


class StepDetailOut(StepRow):
    attempts: list[AttemptOut]
    called: list[CalledOut] = Field(description="Of a `run_flow` step: what it started, one an attempt, oldest first.")

    @classmethod
    def of(
        cls, step: StepRun, *, parent: str | None, attempts: list[AttemptOut], called: Iterable[Execution]
    ) -> "StepDetailOut":
        return cls(**step_row(step, parent), attempts=attempts, called=[CalledOut.of(one) for one in called])


class VariableOut(Schema):
    """A variable as a step saw it, or set it."""

    name: str
    origin: Origin
    value: Any
    is_known: bool = Field(description="False: the record holds no value, for example of a template in the flow's env.")
    is_shortened: bool
    set_by: str | None = Field(description="Path of the step that captured it.")
    expression: str = Field(description="What was captured, or the template.")
    is_read: bool = Field(description="By this step.")
    used_by: list[str] = Field(description="Paths of other steps that read it.")
    not_reached: list[str] = Field(description="Paths of steps that would have read it.")

    @classmethod
    def of(cls, variable: Variable) -> "VariableOut":
        value, notes = shorten(variable.value, LONGEST_VALUE)
        return cls(**{**vars(variable), "value": value}, is_shortened=bool(notes))


class VariablesOut(Schema):
    visible: list[VariableOut] = Field(description="What the step could see, by name.")
    set_here: list[VariableOut]
