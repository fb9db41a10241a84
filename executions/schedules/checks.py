"""Laying what somebody wants over a schedule, and refusing what could never run."""

from collections.abc import Mapping
from typing import Any, Final

from executions.errors import ScheduleInvalid
from executions.operations.start import environment_secrets, masker_for, plan_of
from flows.language import jsontext
from flows.lookup import find_environment, find_flow, find_version, typed_overrides
from flows.models import Misfire, Overlap, Schedule
from flows.timetable import TimetableInvalid, zone_of

LONGEST_JITTER: Final = 3600
MOST_CAUGHT_UP: Final = 100
LARGEST_VARIABLES: Final = 64 * 1024
PLAIN: Final = ("description", "misfire", "catch_up", "overlap", "jitter_seconds", "labels")


def lay_over(schedule: Schedule, changes: Mapping[str, Any]) -> None:
    """Set what `changes` names, and check the whole; nothing is saved.

    Raises ScheduleInvalid, FlowUnknown, EnvironmentUnknown, VariableInvalid.
    """
    if "name" in changes:
        schedule.name = _name(changes["name"])
    for field in PLAIN:
        if field in changes:
            setattr(schedule, field, changes[field])
    if "flow" in changes:
        schedule.flow = find_flow(schedule.workspace, changes["flow"])
    if "environment" in changes:
        wanted = changes["environment"]
        schedule.environment = find_environment(schedule.workspace, wanted) if wanted else None
        schedule.environment_name = schedule.environment.name if schedule.environment else ""
    if "variables" in changes:
        schedule.variables_json = jsontext.dumps(dict(changes["variables"]))
    if "text_variables" in changes:
        schedule.text_variables_json = jsontext.dumps(dict(changes["text_variables"]))
    _lay_times_over(schedule, changes)
    _check_policies(schedule)
    _check_variables(schedule)


def _name(wanted: str) -> str:
    name = " ".join(wanted.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise ScheduleInvalid("A schedule needs a name of up to 100 characters.")
    return name


def _lay_times_over(schedule: Schedule, changes: Mapping[str, Any]) -> None:
    """A cron line replaces an interval, and an interval a cron line."""
    cron, interval = changes.get("cron"), changes.get("interval_seconds")
    if cron and interval is not None:
        raise ScheduleInvalid("A schedule has a cron line or an interval, not both.")
    if cron:
        schedule.cron, schedule.interval_seconds = " ".join(cron.split()), None
    if interval is not None:
        schedule.cron, schedule.interval_seconds = "", interval
    schedule.zone = changes.get("timezone") or schedule.zone
    if not schedule.cron and schedule.interval_seconds is None:
        raise ScheduleInvalid("A schedule needs a cron line, such as 0 6 * * MON-FRI, or an interval in seconds.")
    try:
        zone_of(schedule.zone)
        _ = schedule.times
    except TimetableInvalid as exc:
        raise ScheduleInvalid(str(exc)) from exc


def _check_policies(schedule: Schedule) -> None:
    if schedule.misfire not in Misfire.values or schedule.overlap not in Overlap.values:
        raise ScheduleInvalid(
            f"misfire is one of {', '.join(Misfire.values)}; overlap is one of {', '.join(Overlap.values)}."
        )
    if not 1 <= schedule.catch_up <= MOST_CAUGHT_UP:
        raise ScheduleInvalid(f"catch_up is between 1 and {MOST_CAUGHT_UP}.")
    if not 0 <= schedule.jitter_seconds <= LONGEST_JITTER:
        raise ScheduleInvalid(f"jitter_seconds is between 0 and {LONGEST_JITTER}.")
    if schedule.interval_seconds is not None and schedule.jitter_seconds >= schedule.interval_seconds:
        raise ScheduleInvalid("jitter_seconds must be less than the interval.")


def _check_variables(schedule: Schedule) -> None:
    """They are kept in clear, so no secret may be among them."""
    if len(schedule.variables_json) + len(schedule.text_variables_json) > LARGEST_VARIABLES:
        raise ScheduleInvalid(f"The variables of a schedule may have {LARGEST_VARIABLES} bytes of JSON.")
    typed = typed_overrides(plan_of(find_version(schedule.flow)).flow, schedule.text_variables)
    masker = masker_for(environment_secrets(schedule.environment), {})
    for name, value in (schedule.variables | typed).items():
        if masker.value({name: value}) != {name: value}:
            raise ScheduleInvalid(
                f"The variable {name} is a secret, or holds one. Keep it as a secret of the environment instead."
            )
