"""Tags that change with what they stand for (ETag): whoever edits says which one they saw."""

from flows.models import Environment, Flow


def tag_of_flow(flow: Flow) -> str:
    """Its latest version, which a restored one is again."""
    latest = flow.latest_version
    return f"{latest.number}-{latest.hash[:16]}" if latest else "0"


def tag_of_environment(environment: Environment) -> str:
    """Its revision, and when it was last written: a description is no part of the revision."""
    return f"{environment.revision}-{round(environment.updated_at.timestamp() * 1_000_000):x}"


def changed_since(environment: Environment) -> str:
    """Who came between, for people."""
    by = environment.updated_by or "Somebody"
    return f"{by} changed the environment {environment.name} since you read it. Nothing of yours was saved."
