"""Environments: variables that are read and written, secrets that are only written."""

from django.http import HttpResponse
from ninja import Header, Status

from flows.api.router import environments
from flows.lookup import find_environment
from flows.models import Environment
from flows.operations.delete_environment import delete_environment
from flows.operations.rename_environment import rename_environment
from flows.operations.save_environment import save_environment
from flows.schemas.environments import EnvironmentIn, EnvironmentNameIn, EnvironmentOut, EnvironmentPage
from workspaces.auth import ApiRequest
from workspaces.etags import Condition, expected, only_new
from workspaces.models import Role


@environments.get("", response=EnvironmentPage)
def list_environments(request: ApiRequest) -> EnvironmentPage:
    """All of them: a workspace has a handful."""
    rows = Environment.objects.filter(workspace=request.auth.workspace).prefetch_related("variables")
    return EnvironmentPage(items=[EnvironmentOut.of(environment) for environment in rows])


@environments.get("/{name}", response=EnvironmentOut)
def get_environment(request: ApiRequest, name: str, response: HttpResponse) -> EnvironmentOut:
    """With its ETag, which a save may name."""
    return _tagged(find_environment(request.auth.workspace, name), response)


@environments.put("/{name}", response=EnvironmentOut)
def put_environment(
    request: ApiRequest,
    name: str,
    body: EnvironmentIn,
    response: HttpResponse,
    if_match: Header[Condition] = None,
    if_none_match: Header[Condition] = None,
) -> EnvironmentOut:
    """Create or change it. With If-Match only if nobody has since; with `If-None-Match: *` only if it is new."""
    request.auth.require(Role.EDITOR)
    environment = save_environment(
        workspace=request.auth.workspace,
        name=name,
        description=body.description,
        worker_group=body.worker_group,
        variables=body.variables,
        secrets=body.secrets,
        replace=body.replace,
        expected_tag=expected(if_match),
        only_new=only_new(if_none_match),
        by=request.auth.user,
        actor=request.auth.actor,
    )
    return _tagged(environment, response)


@environments.post("/{name}/rename", response=EnvironmentOut)
def rename(request: ApiRequest, name: str, body: EnvironmentNameIn, response: HttpResponse) -> EnvironmentOut:
    """What ran against it keeps the name it had then."""
    request.auth.require(Role.EDITOR)
    found = find_environment(request.auth.workspace, name)
    found = rename_environment(environment=found, name=body.name, by=request.auth.user, actor=request.auth.actor)
    return _tagged(found, response)


@environments.delete("/{name}", response={204: None})
def delete(request: ApiRequest, name: str, if_match: Header[Condition] = None) -> Status[None]:
    """Delete it with its secrets. What ran against it stays, and cannot be run again."""
    request.auth.require(Role.ADMIN)
    environment = find_environment(request.auth.workspace, name)
    delete_environment(
        environment=environment, expected_tag=expected(if_match), by=request.auth.user, actor=request.auth.actor
    )
    return Status(204, None)


def _tagged(environment: Environment, response: HttpResponse) -> EnvironmentOut:
    found = EnvironmentOut.of(environment)
    response["ETag"] = f'"{found.tag}"'
    return found
