"""From the admin into the pages."""

from urllib.parse import urlencode

from executions.models import Execution


def page_of(execution: Execution, step: str = "") -> str:
    """The execution's page, in its workspace; with a path, open on that step."""
    query = {"workspace": execution.workspace.slug, **({"step": step} if step else {})}
    return f"/executions/{execution.pk}?{urlencode(query)}"
