"""How flows, versions and environments were used lately, over HTTP: for their pages, which know no executions."""

from ninja import Query

from executions.api.router import router
from executions.usage import recent_of, usage_of_environments, usage_of_versions, waits_of
from executions.usage_schemas import (
    EnvironmentUsageOut,
    RecentOut,
    RecentQuery,
    UsageQuery,
    VersionsQuery,
    VersionUsesOut,
)
from flows.lookup import find_flow
from workspaces.auth import ApiRequest


@router.get("/recent", response=list[RecentOut])
def get_recent(request: ApiRequest, query: Query[RecentQuery]) -> list[RecentOut]:
    """How each of these flows ran lately: `?flow=checkout&flow=refund`."""
    return recent_of(request.auth.workspace, query.flow)


@router.get("/environments", response=list[EnvironmentUsageOut])
def get_environments(request: ApiRequest, query: Query[UsageQuery]) -> list[EnvironmentUsageOut]:
    """Which flows ran against each of these lately, and whether a worker is there for them now."""
    found = usage_of_environments(request.auth.workspace, query.environment)
    waits = waits_of(request.auth.workspace, query.environment)
    for usage in found:
        usage.waits = waits.get(usage.environment)
    return found


@router.get("/versions", response=VersionUsesOut)
def get_versions(request: ApiRequest, query: Query[VersionsQuery]) -> VersionUsesOut:
    """Which versions of a flow its last runs ran."""
    return usage_of_versions(find_flow(request.auth.workspace, query.flow))
