"""Laying what somebody wants over a target or a rule, and refusing what could never be told."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from executions.schedules.lookup import find_schedule
from flows.encryption import encrypt
from flows.lookup import find_flow
from notifications.errors import RuleInvalid, TargetInvalid
from notifications.models import Kind, Rule, Target

LONGEST: Final = 2000
MOST_LOOKED_BACK: Final = 100
PLAIN: Final = ("target", "occasion", "failures", "of_last")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


def lay_over_target(target: Target, changes: Mapping[str, Any]) -> None:
    """Set the `name` and the `address` where `changes` has them; nothing is saved. Raises TargetInvalid."""
    if "name" in changes:
        target.name = " ".join(changes["name"].split())
        if not target.name or len(target.name) > 100 or not target.name.isprintable():
            raise TargetInvalid("A target needs a name of up to 100 characters.")
    if "address" in changes:
        address = changes["address"]
        target.hint = _email_hint(address) if target.kind == Kind.EMAIL else _url_hint(address)
        target.sealed_address = encrypt(address.encode())


def lay_over_rule(rule: Rule, changes: Mapping[str, Any]) -> None:
    """Set what `changes` names: a flow by slug, a schedule by number; nothing is saved.

    Raises RuleInvalid, FlowUnknown, ScheduleUnknown.
    """
    for field in PLAIN:
        if field in changes:
            setattr(rule, field, changes[field])
    if "flow" in changes:
        wanted = changes["flow"]
        rule.flow = find_flow(rule.workspace, wanted) if wanted is not None else None
    if "schedule" in changes:
        number = changes["schedule"]
        rule.schedule = find_schedule(rule.workspace, number) if number is not None else None
    if rule.flow is not None and rule.schedule is not None:
        raise RuleInvalid("A rule is about a flow or a schedule, not both. Give null for the other.")
    if not 1 <= rule.failures <= rule.of_last <= MOST_LOOKED_BACK:
        raise RuleInvalid(f"`failures` of `of_last`: at least 1, at most as many as are looked at, {MOST_LOOKED_BACK}.")


def _url_hint(address: str) -> str:
    scheme = host = ""
    with suppress(ValueError):
        parts = urlsplit(address)
        _ = parts.port  # raises for what is none
        scheme, host = parts.scheme, parts.hostname or ""
    if len(address) > LONGEST or not _PRINTABLE.fullmatch(address) or not host or scheme not in {"http", "https"}:
        raise TargetInvalid("The address must be an http or https URL.")
    return f"{scheme}://{host}/…"


def _email_hint(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError as exc:
        raise TargetInvalid("The address is no e-mail address.") from exc
    name, _, host = address.rpartition("@")
    return f"{name[:2]}…@{host}"
