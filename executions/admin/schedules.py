"""Schedules: the list, one with its slots, and what can be done with them. They are made and edited elsewhere."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from executions.errors import ExecutionsError
from executions.operations.pause_schedule import pause_schedule
from executions.operations.resume_schedule import resume_schedule
from executions.operations.run_schedule_now import run_schedule_now
from executions.schedules.lookup import runs_of
from executions.status import Trigger
from flows.models import Schedule
from flows.showing import block
from flows.timetable import TimetableInvalid
from workspaces.admin_base import OwnWorkspaces, RecordAdmin, chosen_with, signed_in, status_text
from workspaces.models import Role

SLOTS_SHOWN = 50


@admin.register(Schedule)
class ScheduleAdmin(RecordAdmin):
    list_display = ("name", "workspace", "flow", "environment_name", "words", "next_run_at", "state")
    list_select_related = ("workspace", "flow")
    list_filter = (("workspace", OwnWorkspaces), "overlap", "misfire")
    search_fields = ("name", "flow__slug")
    ordering = ("name",)
    actions = ("pause_chosen", "resume_chosen", "run_chosen")
    fieldsets: ClassVar = [
        (None, {"fields": ("name", "workspace", "description", "flow", "environment_name", "state")}),
        ("When", {"fields": ("words", "cron", "interval_seconds", "zone", "jitter_seconds", "next_runs")}),
        ("Policies", {"fields": ("misfire", "catch_up", "overlap")}),
        ("Given", {"fields": ("variable_list", "text_variable_list", "labels")}),
        ("Slots", {"fields": ("slot_list",)}),
    ]

    @admin.display(description="in words")
    def words(self, schedule: Schedule) -> str:
        try:
            return schedule.times.in_words()
        except TimetableInvalid as exc:
            return str(exc)

    @admin.display(description="state")
    def state(self, schedule: Schedule) -> str:
        if schedule.paused_at is None:
            return "on"
        note = f": {schedule.pause_note}" if schedule.pause_note else ""
        return f"paused by {schedule.paused_by}{note}"

    @admin.display(description="next runs")
    def next_runs(self, schedule: Schedule) -> str:
        try:
            times = schedule.times
        except TimetableInvalid:
            return "–"
        coming = times.next_runs(timezone.now())
        return ", ".join(at.astimezone(times.zone).strftime("%Y-%m-%d %H:%M:%S %Z") for at in coming)

    @admin.display(description="variables")
    def variable_list(self, schedule: Schedule) -> SafeString:
        return block(schedule.variables)

    @admin.display(description="variables as text")
    def text_variable_list(self, schedule: Schedule) -> SafeString:
        return block(schedule.text_variables)

    @admin.display(description="newest slots")
    def slot_list(self, schedule: Schedule) -> SafeString:
        slots = list(schedule.slots.order_by("-id")[:SLOTS_SHOWN])
        runs = runs_of(slots)
        return format_html_join(
            SafeString("<br>"),
            "{} {} {}",
            (
                (
                    timezone.localtime(slot.slot_at).strftime("%Y-%m-%d %H:%M:%S"),
                    _run_link(runs.get(slot.pk)) or status_text(slot.status),
                    slot.reason,
                )
                for slot in slots
            ),
        )

    @admin.action(description="Pause the chosen schedules", permissions=["view"])
    def pause_chosen(self, request: HttpRequest, schedules: QuerySet[Schedule]) -> None:
        user = signed_in(request)
        for schedule in chosen_with(self, request, schedules, Role.EDITOR):
            pause_schedule(schedule=schedule, by=user, actor=user.get_username())

    @admin.action(description="Resume the chosen schedules", permissions=["view"])
    def resume_chosen(self, request: HttpRequest, schedules: QuerySet[Schedule]) -> None:
        user = signed_in(request)
        for schedule in chosen_with(self, request, schedules, Role.EDITOR):
            resume_schedule(schedule=schedule, by=user, actor=user.get_username())

    @admin.action(description="Run the chosen schedules now", permissions=["view"])
    def run_chosen(self, request: HttpRequest, schedules: QuerySet[Schedule]) -> None:
        user = signed_in(request)
        for schedule in chosen_with(self, request, schedules, Role.EDITOR):
            try:
                started = run_schedule_now(schedule=schedule, trigger=Trigger.USER, actor=user.get_username(), by=user)
            except ExecutionsError as exc:
                self.message_user(request, f"{schedule.name}: {exc}", "WARNING")
            else:
                self.message_user(request, f"#{started.pk} runs {schedule.name}.")


def _run_link(run: Any) -> SafeString | None:
    if run is None:
        return None
    url = reverse("admin:executions_execution_change", args=[run.pk])
    return format_html('<a href="{}">#{}</a> {}', url, run.pk, status_text(run.status))
