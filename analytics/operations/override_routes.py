"""Say which addresses of a service are one route, and which are not."""

from collections.abc import Sequence
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.coverage.overrides import pattern_of
from analytics.errors import RouteInvalid
from analytics.models import RouteOverride, RouteWish
from analytics.questions.routes import require_service
from analytics.rollups.naming import lock_names, name_service
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit

MOST: Final = 200  # of one service
VERBS: Final = {RouteWish.ONE: "routes.merged", RouteWish.APART: "routes.kept_apart"}


def override_routes(
    *, workspace: Workspace, service: str, patterns: Sequence[str], wish: RouteWish, by: User | None, actor: str
) -> int:
    """From now on, and of all that is kept: coverage, and the runs behind it, are by these names at once.

    How many endpoints are called otherwise. What was said of the same pattern before gives way. Raises RouteInvalid.
    """
    wanted = sorted({pattern_of(one, keeps_apart=wish == RouteWish.APART) for one in patterns})
    if not wanted:
        raise RouteInvalid("patterns: name at least one route: /products/{}.")
    require_service(workspace, service)
    with transaction.atomic():
        lock_names(workspace.pk, service)
        kept = RouteOverride.objects.filter(workspace=workspace, service=service)
        if kept.exclude(pattern__in=wanted).count() + len(wanted) > MOST:
            raise RouteInvalid(
                f"{service} would have more than {MOST} rules for its routes. Write wider ones, with {{}}."
            )
        for pattern in wanted:
            kept.update_or_create(
                pattern=pattern,
                defaults={"wish": wish, "changed_at": timezone.now(), "changed_by": actor[:150]},
                create_defaults={
                    "workspace": workspace, "service": service, "wish": wish, "changed_by": actor[:150],
                },
            )  # fmt: skip
        changed = name_service(workspace.pk, service)
        record_audit(
            workspace=workspace, by=by, actor=actor, verb=VERBS[wish], target=service,
            patterns=wanted[:50], endpoints=changed,
        )  # fmt: skip
    return changed
