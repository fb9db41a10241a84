"""What a list of flows can be narrowed by."""

from collections import Counter
from collections.abc import Mapping

from flows.models import Flow
from flows.schemas.flows import WordOut, WordsOut
from workspaces.models import Workspace


def words_of(workspace: Workspace) -> WordsOut:
    """The tags and suites of the flows that are not archived, in one query."""
    tags: Counter[str] = Counter()
    suites: Counter[str] = Counter()
    rows = Flow.objects.filter(workspace=workspace, archived_at=None).values_list("tags", "suite")
    for its_tags, suite in rows.iterator():
        tags.update({str(tag) for tag in its_tags})
        suites.update([suite] if suite else [])
    return WordsOut(tags=_words(tags), suites=_words(suites))


def _words(counts: Mapping[str, int]) -> list[WordOut]:
    return [WordOut(name=name, flows=count) for name, count in sorted(counts.items())]
