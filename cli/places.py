"""Where steps stand in the document: turns together, in their order, whichever of them ran first."""

from collections.abc import Sequence

from cli.records import StepRun

NO_TURN = -1

Place = tuple[int, ...]  # turn and position of every step around it, and its own


def places_of(steps: Sequence[StepRun]) -> dict[str, Place]:
    """By path. Of a step whose parent is not among them, the place is its own."""
    places: dict[str, Place] = {}
    for step in sorted(steps, key=lambda step: step["path"].count("/")):  # parents first
        turn = step.get("index")
        around = places.get(step.get("parent") or "", ())
        places[step["path"]] = (*around, NO_TURN if turn is None else turn, step.get("position") or 0)
    return places


def in_document_order(steps: Sequence[StepRun]) -> list[StepRun]:
    places = places_of(steps)
    return sorted(steps, key=lambda step: places[step["path"]])
