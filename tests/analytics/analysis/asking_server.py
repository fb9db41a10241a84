"""A failed execution, a model that is allowed, and the server that stands in for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.test import override_settings
from django.utils import timezone

from analytics.analysis.fake import FakeAnthropic
from analytics.analysis.subject import of_execution
from analytics.models import Analysis
from analytics.operations.ask_for_analysis import ask_for_analysis
from analytics.operations.give_consent import give_consent
from analytics.operations.run_analysis import run_analysis
from executions.models import Attempt, Execution, Payload
from tests.analytics.history import History, history
from tests.cast import make_member
from workspaces.models import Role

KEY = "key-of-the-test-and-of-nobody-else"
STATUS = [{"expression": "status == 200", "operator": "==", "passed": False, "actual": 503, "expected": 200,
           "parts": [{"source": "status", "value": 503}]}]  # fmt: skip
CALL: dict[str, Any] = {"protocol": "http", "service": "shop:80", "operation": "GET", "route": "/orders/{}"}
BODY = {"status": 503, "headers": {}, "body": {"error": "the pool is exhausted", "host": "db1.internal"}}


@dataclass
class Scene:
    """One execution that failed with 503, after others; bob may ask."""

    past: History
    failed: Execution
    fake: FakeAnthropic

    def __post_init__(self) -> None:
        self.bob = make_member(self.past.workspace, Role.EDITOR, "bob")

    def ask(self, *, anew: bool = True) -> Analysis:
        subject = of_execution(self.failed)
        return ask_for_analysis(subject=subject, by=self.bob, actor="bob", anew=anew)

    def asked(self, *, anew: bool = True) -> Analysis:
        """Asked, and answered in this process as the task would."""
        made = self.ask(anew=anew)
        run_analysis(made.pk)
        made.refresh_from_db()
        return made


@contextmanager
def scene(*script: str, body: Any = BODY, consented: bool = True, **settings: Any) -> Iterator[Scene]:
    past = history()
    past.play("PPPPPPPP", **CALL)
    failed = past.run("F", assertions=STATUS, **CALL)
    answer(failed, body)
    if consented:
        give_consent(workspace=past.workspace, is_given=True, by=None, actor="alice")
    with FakeAnthropic(list(script) or ["canned"]) as fake:
        allowed = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": fake.url, "AI": True, "AI_SECONDS": 20.0}
        with override_settings(**allowed | settings):
            yield Scene(past, failed, fake)


def answer(execution: Execution, response: Any, request: Any = None) -> None:
    attempt = Attempt.objects.filter(step_run__execution=execution).latest("number")
    Payload.objects.create(
        attempt_id=attempt.pk, created_at=timezone.now(), response=response, request=request or {"method": "GET"}
    )
