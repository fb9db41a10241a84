"""What the endpoints of analyses take and give."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from ninja import Field, Schema
from pydantic import TypeAdapter

from analytics.analysis.checked import Checked
from analytics.analysis.guard import Allowance
from analytics.analysis.prices import AS_OF
from analytics.diagnosis.evidence import Place
from analytics.models import Analysis, AnalysisConsent, AnalysisStatus
from analytics.operations.ask_about_new_failures import ITSELF
from flows.language import jsontext

_CHECKED: Final = TypeAdapter(Checked)
SHORT: Final = 400  # characters of an item's data that go with it; "what was sent" has all of it


class EvidenceSent(Schema):
    """An item of evidence as it was sent."""

    id: str
    type: str
    fact: str
    data: dict[str, Any]
    untrusted: bool
    place: Place | None


class AnalysisOut(Schema):
    """While it runs, `answer` holds the parts that are finished and checked. Money is in US dollars."""

    id: int
    status: AnalysisStatus
    execution: int | None
    group: str | None
    is_of_group: bool
    model: str
    prompt_version: int
    asked_at: datetime
    asked_by: str
    asked_itself: bool = Field(description="Nobody asked: the workspace has new failures analysed by themselves.")
    started_at: datetime | None
    finished_at: datetime | None
    error_code: str
    error: str
    answer: Checked | None
    evidence: list[EvidenceSent]
    characters_sent: int
    input_tokens: int | None
    output_tokens: int | None
    cost: Decimal | None
    is_helpful: bool | None
    right_category: str
    labelled_by: str

    @classmethod
    def of(cls, one: Analysis) -> "AnalysisOut":
        cached = (one.cache_read_tokens or 0) + (one.cache_write_tokens or 0)
        return cls(
            id=one.pk,
            status=AnalysisStatus(one.status),
            execution=one.execution_id,
            group=one.group.fingerprint if one.group else None,
            is_of_group=one.is_of_group,
            model=one.model,
            prompt_version=one.prompt_version,
            asked_at=one.asked_at,
            asked_by=one.actor,
            asked_itself=one.asked_by_id is None and one.actor == ITSELF,
            started_at=one.started_at,
            finished_at=one.finished_at,
            error_code=one.error_code,
            error=one.error,
            answer=None if one.answer is None else _CHECKED.validate_python(one.answer),
            evidence=_evidence(one),
            characters_sent=len(one.system) + len(one.document),
            input_tokens=None if one.input_tokens is None else one.input_tokens + cached,
            output_tokens=one.output_tokens,
            cost=one.cost,
            is_helpful=one.is_helpful,
            right_category=one.right_category,
            labelled_by=one.labelled_by,
        )


def _evidence(one: Analysis) -> list[EvidenceSent]:
    document = jsontext.loads(one.document)
    step = (document.get("failed_step") or {}).get("path", "")
    return [
        EvidenceSent(
            id=item["id"], type=item["type"], fact=item["fact"], untrusted=bool(item["untrusted"]),
            data=_brief(item["data"]), place=_place(item, step),
        )
        for item in document["items"]
    ]  # fmt: skip


def _brief(data: Any) -> dict[str, Any]:
    found = data if isinstance(data, dict) else {}
    return {name: value for name, value in found.items() if len(jsontext.dumps(value)) <= SHORT}


def _place(item: dict[str, Any], step: str) -> Place | None:
    if item.get("place"):
        return Place(**item["place"])
    data = item["data"] if isinstance(item["data"], dict) else {}
    if "tab" in data:
        return Place(step, str(data["tab"]))
    return Place(str(data["step"]), "summary") if isinstance(data.get("step"), str) else None


class WhyNot(Schema):
    """Why the model cannot be asked. `code`: no_key, no_consent, switched_off, paused, no_money, too_many."""

    code: str
    message: str


class StateOut(Schema):
    """`analysis`: the last one of this. `similar`: of the same failure in another run, not older than a day."""

    why_not: WhyNot | None
    model: str
    analysis: AnalysisOut | None
    similar: AnalysisOut | None


class AskIn(Schema):
    anew: bool = Field(False, description="Ask, though there is an answer about the same evidence or the same failure.")


class SentOut(Schema):
    """Word for word what was sent: the instructions, and one document."""

    model: str
    effort: str
    prompt_version: int
    system: str
    document: str
    characters: int


class LabelIn(Schema):
    is_helpful: bool | None = None
    right_category: Literal["", "service", "environment", "data", "timing"] = ""


class SettingsOut(Schema):
    """Money is in US dollars, of today and of all workspaces."""

    why_not: WhyNot | None
    has_key: bool
    is_switched_on: bool
    is_consented: bool
    consented_by: str
    consented_at: datetime | None
    asks_itself_since: datetime | None
    asks_itself_by: str
    model: str
    has_price: bool
    prices_as_of: str
    spent_today: Decimal
    day_budget: Decimal

    @classmethod
    def of(cls, found: Allowance, *, model: str, has_price: bool, consent: AnalysisConsent | None) -> "SettingsOut":
        said = consent or AnalysisConsent()
        return cls(
            why_not=why_not(found), has_key=found.has_key, is_switched_on=found.is_switched_on,
            is_consented=found.is_consented, consented_by=said.changed_by,
            consented_at=said.changed_at if consent else None, asks_itself_since=said.asks_itself_since,
            asks_itself_by=said.asks_itself_by, model=model, has_price=has_price,
            prices_as_of=AS_OF.isoformat(), spent_today=found.spent_today, day_budget=found.day_budget,
        )  # fmt: skip


class ConsentIn(Schema):
    is_given: bool = Field(description="Masked evidence of failures of this workspace may be sent to the model.")


class AutomaticIn(Schema):
    is_on: bool = Field(description="Have the model asked about every failure that is new from now on.")


def why_not(found: Allowance) -> WhyNot | None:
    return None if found.why_not is None else WhyNot(code=found.why_not.code, message=str(found.why_not))
