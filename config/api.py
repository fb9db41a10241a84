"""The HTTP API, put together: /api/v1/."""

from typing import Any

import simplejson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.types import DictStrAny

from analytics.api import router as analytics
from config import health, problems
from config.version import product_version
from executions.api import router as executions
from executions.batches.api import router as batches
from executions.hooks.api import router as hooks
from executions.limits_api import router as limits
from executions.schedules.api import router as schedules
from flows.api import environments, flows
from flows.language import jsontext
from notifications.api import router as notifications
from workspaces.api import router as workspaces
from workspaces.auth import SessionAuth, TokenAuth


class ExactRenderer(BaseRenderer):
    """JSON that keeps every digit of a Decimal, and any text a target may have sent."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        return simplejson.dumps(
            data, default=_plain, use_decimal=True, ensure_ascii=True, allow_nan=False, separators=(",", ":")
        )


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in an answer")


class ExactParser(Parser):
    """Numbers arrive as they were written: 0.10 is no float."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        parsed = jsontext.loads(request.body)
        if not isinstance(parsed, dict):
            raise HttpError(400, "Send a JSON object.")
        return parsed


api = NinjaAPI(
    title="Stepwell",
    version=product_version(),
    description="Flows, environments and executions. Errors are application/problem+json.",
    urls_namespace="api",
    docs_url=None,  # its page would load scripts from elsewhere
    auth=[TokenAuth(), SessionAuth()],
    renderer=ExactRenderer(),
    parser=ExactParser(),
)
api.add_router("/flows", flows)
api.add_router("/environments", environments)
api.add_router("/executions", executions)
api.add_router("/analytics", analytics)
api.add_router("/schedules", schedules)
api.add_router("/batches", batches)
api.add_router("/hooks", hooks)
api.add_router("/notifications", notifications)
api.add_router("", limits)
api.add_router("", workspaces)
api.add_router("", health.router)
problems.install(api)
