"""Every error of ours has its status, and every fault its one shape."""

from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory

from analytics.errors import AnalyticsError
from config import problems
from config.api import api
from executions.errors import ExecutionsError
from flows.encryption import CannotDecrypt
from flows.errors import FlowsError
from notifications.errors import NotificationsError
from workspaces.errors import WorkspacesError


def tree(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


@pytest.mark.parametrize(
    "root", [WorkspacesError, FlowsError, ExecutionsError, AnalyticsError, NotificationsError, CannotDecrypt]
)
def test_every_error_of_ours_has_a_status(root: type[Exception]) -> None:
    missing = [
        kind.__name__ for kind in tree(root) if kind.__module__.endswith("errors") and kind not in problems.STATUS
    ]
    assert missing == []


def test_a_fault_of_ours_is_a_problem_that_tells_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    response = api.on_exception(RequestFactory().get("/api/v1/flows"), ZeroDivisionError("the inside"))
    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
    assert b"the inside" not in response.content
    assert "the inside" in caplog.text


@pytest.mark.django_db
def test_the_openapi_document_is_served_and_names_every_path() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert "/api/v1/executions/{execution_id}/steps/{path}" in document["paths"]
    assert document["info"]["title"] == "Stepwell"
