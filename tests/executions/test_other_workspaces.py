"""What is in another workspace: absent, but for somebody in a browser who is a member there as well."""

from collections.abc import Callable

import pytest
from django.test import Client

from executions.models import Execution
from tests.cast import Api, make_member, make_workspace
from workspaces.models import Membership, Role

pytestmark = pytest.mark.django_db


def test_a_browser_is_told_in_which_of_its_workspaces_an_execution_is(make_execution: Callable[..., Execution]) -> None:
    # Given somebody who is a member here and where the execution is
    execution, here = make_execution(), make_workspace("here")
    user = make_member(here, Role.ADMIN)
    Membership.objects.create(workspace=execution.workspace, user=user, role=Role.VIEWER)
    client = Client()
    client.force_login(user)
    # Then asking here names the other workspace, and asking there gives it
    answer = client.get(f"/api/v1/executions/{execution.pk}?workspace={here.slug}")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:stepwell:problem:in_another_workspace"
    assert answer.json()["workspace"] == execution.workspace.slug
    assert client.get(f"/api/v1/executions/{execution.pk}?workspace={execution.workspace.slug}").status_code == 200


def test_a_stranger_and_a_token_are_told_nothing(make_execution: Callable[..., Execution]) -> None:
    execution, here = make_execution(), make_workspace("here")
    mallory = make_member(here, Role.ADMIN, "mallory")
    client = Client()
    client.force_login(mallory)
    answers = [client.get(f"/api/v1/executions/{execution.pk}").json()]
    # And a token has one workspace, whatever its user may see elsewhere
    Membership.objects.create(workspace=execution.workspace, user=mallory, role=Role.ADMIN)
    answers.append(Api(here, mallory, Role.ADMIN).get(f"/executions/{execution.pk}").body)
    for body in answers:
        assert body["type"] == "urn:stepwell:problem:not_found"
        assert execution.workspace.slug not in str(body)
