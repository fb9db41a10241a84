"""Cancel, or run again, what was chosen in the list: asked once more, bounded, and told what could not be done."""

from collections import defaultdict
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from executions.bulk import MOST, Verb, named
from executions.models import Execution
from executions.operations.order_bulk import Item, Order, order_bulk
from executions.status import RerunMode, Trigger
from workspaces.admin_base import signed_in
from workspaces.models import Role, Workspace

QUESTIONS: Final[dict[Verb, tuple[str, str, str]]] = {
    "cancel": ("Cancel", "Each is stopped within two seconds, and its teardown runs.", "cancelled"),
    "rerun": ("Run again", "Each starts a new execution with today's version of its flow.", "run again"),
}
REFUSALS_SHOWN: Final = 20


def order_chosen(admin: Any, request: HttpRequest, executions: QuerySet[Execution], verb: Verb) -> HttpResponse | None:
    """The page that asks; after that, None and messages: how many were done, and which refused and why."""
    chosen = list(executions.select_related("workspace").order_by("-pk")[: MOST + 1])
    if len(chosen) > MOST:
        admin.message_user(request, f"Choose {MOST} at most; nothing was done.", messages.ERROR)
        return None
    if "confirmed" not in request.POST:
        return _question(admin, request, chosen, verb)
    items = _ordered(signed_in(request), chosen, verb)
    done = sum(item.result == "done" for item in items)
    if done:
        admin.message_user(request, f"{done} {'execution is' if done == 1 else 'executions are'} {QUESTIONS[verb][2]}.")
    refused = [item for item in items if item.result == "refused"]
    for item in refused[:REFUSALS_SHOWN]:
        admin.message_user(request, f"#{item.id}: {item.detail}", messages.WARNING)
    if len(refused) > REFUSALS_SHOWN:
        admin.message_user(request, f"{len(refused) - REFUSALS_SHOWN} more could not be done.", messages.WARNING)
    return None


def _question(admin: Any, request: HttpRequest, chosen: list[Execution], verb: Verb) -> HttpResponse:
    word, what, _ = QUESTIONS[verb]
    label = f"{word} {len(chosen)} {'execution' if len(chosen) == 1 else 'executions'}"
    told = {"title": f"{label}?", "question": what, "executions": chosen, "action": f"{verb}_chosen", "label": label}
    return TemplateResponse(
        request, "admin/executions/confirm.html", {**admin.admin_site.each_context(request), "opts": admin.opts, **told}
    )


def _ordered(user: User, chosen: list[Execution], verb: Verb) -> list[Item]:
    """Workspace by workspace; where the role does not include it, each is refused."""
    by_workspace: dict[Workspace, list[int]] = defaultdict(list)
    for execution in chosen:
        by_workspace[execution.workspace].append(execution.pk)
    items: list[Item] = []
    for workspace, ids in by_workspace.items():
        role = workspace.role_of(user)
        if role is None or not role.includes(Role.EDITOR):
            detail = f"This needs the role editor in {workspace.slug}."
            items += [Item(number, "refused", detail=detail) for number in ids]
            continue
        order = Order(
            workspace=workspace,
            verb=verb,
            mode=RerunMode.TODAY,
            trigger=Trigger.USER,
            actor=user.get_username(),
            by=user,
        )
        items += order_bulk(order, partial(named, ids))[1]
    return items
