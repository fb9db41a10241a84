"""Which version of a service answered, as its response headers say (`x-service-version` and the like)."""

import json
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import TextField
from django.db.models.functions import Cast, Substr

from executions.comparing.sides import Side
from executions.comparing.volatile import VERSION_HEADER
from executions.models import Payload, StepRun

HEAD: Final = 8 * 1024  # characters of a response: its headers come first
MOST_STEPS: Final = 200
_HEADERS: Final = '"headers":'


@dataclass(frozen=True)
class ServiceVersion:
    """What a service said of itself in both runs; None where it did not answer, or did not say."""

    service: str
    header: str
    left: str | None
    right: str | None


def service_versions(left: Side, right: Side) -> list[ServiceVersion]:
    """Of every service that told a version, those that changed first. One with two versions has both, with a comma."""
    before, now = _seen(left), _seen(right)
    rows = [ServiceVersion(*key, _told(before.get(key)), _told(now.get(key))) for key in sorted({*before, *now})]
    return sorted(rows, key=lambda row: row.left == row.right)


def _told(versions: list[str] | None) -> str | None:
    return ", ".join(versions) if versions else None


def _seen(side: Side) -> dict[tuple[str, str], list[str]]:
    """Service and header → the versions it gave, in the order they came."""
    seen: dict[tuple[str, str], list[str]] = {}
    ids = {one.pk: path for path, one in side.attempts.items()}
    services = dict(
        StepRun.objects.filter(execution=side.execution, protocol="http").values_list("path", "service")[:MOST_STEPS]
    )
    wanted = [number for number, path in ids.items() if path in services]
    head = Substr(Cast("response", TextField()), 1, HEAD, output_field=TextField())
    rows = Payload.objects.filter(attempt_id__in=wanted).annotate(head=head).order_by("attempt_id")
    for number, text in rows.values_list("attempt_id", "head"):
        for name, value in _headers(text or "").items():
            if VERSION_HEADER.fullmatch(name.lower()):
                told = seen.setdefault((services[ids[number]], name.lower()), [])
                if str(value) not in told:
                    told.append(str(value))
    return seen


def _headers(text: str) -> dict[str, Any]:
    """The headers at the beginning of a recorded response, without reading its body."""
    at = text.find(_HEADERS)
    if at < 0:
        return {}
    try:
        found, _ = json.JSONDecoder().raw_decode(text, at + len(_HEADERS))
    except ValueError:  # they go on beyond what was read
        return {}
    return found if isinstance(found, dict) else {}
