"""Lists in a query: `open,muted`."""

from collections.abc import Sequence

from analytics.errors import QuestionInvalid
from flows.language.problems import nearest


def words_of(name: str, text: str, known: Sequence[str]) -> list[str]:
    """Raises QuestionInvalid, which names the word that is wrong and the nearest right one."""
    found = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in found:
        if word not in known:
            near = nearest(word, known)
            hint = f"The nearest is {near}." if near else f"There are {', '.join(known)}."
            raise QuestionInvalid(f"{name}: {word!r} means nothing. {hint}")
    return found
