"""The executions of a workspace: a list, and how many over time."""

from datetime import UTC, datetime

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query

from executions.api.router import router
from executions.finding import finder_for
from executions.histogram import histogram_of
from executions.listing import rows_of
from executions.schemas import ExecutionPage, ExecutionQuery, HistogramOut, HistogramQuery, SearchQuery
from executions.search import Search, Term, check_value, parse_search
from flows.language import jsontext
from flows.lookup import find_flow
from workspaces.auth import ApiRequest


@router.get("", response=ExecutionPage)
def list_executions(request: ApiRequest, query: Query[ExecutionQuery]) -> HttpResponse:
    """Newest first. `q` is a search as docs/api.md says; `status` may name several, with commas."""
    workspace = request.auth.workspace
    finder = finder_for(workspace, _search(request, query))
    ids, following, searched_to = finder.page(query.limit, int(query.cursor) if query.cursor else None)
    page = {
        "items": rows_of(workspace, ids),
        "next": str(following) if following else None,
        "searched_to": searched_to.isoformat().replace("+00:00", "Z") if searched_to else None,
    }
    return HttpResponse(jsontext.dumps(page), content_type="application/json")


@router.get("/histogram", response=HistogramOut)
def get_histogram(request: ApiRequest, query: Query[HistogramQuery]) -> HistogramOut:
    """How many executions a search finds, over time and by status. It counts through the newest 20,000 at most."""
    now = timezone.now()
    return histogram_of(finder_for(request.auth.workspace, _search(request, query)), buckets=query.buckets, now=now)


def _search(request: ApiRequest, query: SearchQuery) -> Search:
    """The search box, and the filters that stand beside it."""
    search = parse_search(query.q, now=timezone.now())
    terms = list(search.terms)
    if statuses := tuple(word.strip() for word in query.status.split(",") if word.strip()):
        terms.append(Term("status", check_value("status", statuses)))
    if query.flow:
        terms.append(Term("flow", (find_flow(request.auth.workspace, query.flow).slug,)))
    if query.environment:
        terms.append(Term("env", (query.environment,)))
    return Search(tuple(terms), since=_aware(query.since) or search.since, until=_aware(query.until) or search.until)


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
