"""Which words that came instead of the expected one tell failures apart: the first twenty of an assertion.

What has been seen is read from the groups themselves, each of which is of one word. So nothing is counted twice, and
whatever is taken in again finds the group it was in: the first words stay, and no later one takes their place.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from analytics.failures.fingerprint import MOST_WORDS, VERSION, WORD, Failed, word_of
from analytics.models import FailureGroup

Assertion = tuple[int, str, str]  # flow, step, expression with its operator


def with_few_words(failures: Sequence[Failed]) -> list[Failed]:
    """The same, oldest first; those whose word is one too many are told by its type."""
    known = _known(one for one in failures if word_of(one) is not None)
    return [replace(one, tells_word=_is_one_of_few(known, one)) for one in failures]


def _is_one_of_few(known: defaultdict[Assertion, set[str]], failed: Failed) -> bool:
    found = word_of(failed)
    if found is None:
        return True
    words = known[(failed.flow_id, failed.step_key, found[0])]
    if len(words) < MOST_WORDS:
        words.add(found[1])
    return found[1] in words


def _known(failures: Iterable[Failed]) -> defaultdict[Assertion, set[str]]:
    found: defaultdict[Assertion, set[str]] = defaultdict(set)
    places = {(one.flow_id, one.step_key) for one in failures}
    groups = FailureGroup.objects.filter(
        flow__in={flow for flow, _ in places}, step_key__in={key for _, key in places},
        kind="assertion", version=VERSION, sub__contains=f"|{WORD}",
    )  # fmt: skip
    for flow, key, sub in groups.values_list("flow_id", "step_key", "sub"):
        assertion, _, word = sub.rpartition(f"|{WORD}")
        found[(flow, key, assertion)].add(word)
    return found
