"""What each word of a search means in SQL, over the row `e` of executions_execution. Values are parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final

from executions.errors import SearchInvalid
from executions.search import FLAGS, LABEL, WORDS, Check, Term
from flows.language import jsontext
from flows.language.problems import nearest

# The condition of the index execution_troubled, as PostgreSQL has to meet it again.
TROUBLED: Final = "(NOT failed_step_path = '' OR status IN ('failed', 'timed_out'))"

ACTOR: Final = "actor"  # nobody writes it: an alias of `user` before it comes here

FlowLine = tuple[int, str, str, list[str], str]  # id, slug, name, tags, suite
Names = Sequence[FlowLine]


@dataclass(frozen=True)
class Condition:
    """A part of a WHERE. One with a rank has an index that gives its rows newest first: the lowest rank leads."""

    sql: str
    params: tuple[Any, ...] = ()
    rank: int | None = None
    is_label: bool = False
    reads_usual: bool = False  # `usually.seconds`: how long the row's flow usually takes in its environment
    is_costly: bool = False  # it reads other rows for each row


def condition_of(term: Term, flows: Names) -> Condition:
    """Raises SearchInvalid where a flow is named that there is not."""
    if term.word.startswith(LABEL):
        found = _label(term.word[len(LABEL) :], term.values)
    else:
        found = _WORDS[term.word](term.values, flows)
    if not term.is_negated:
        return found
    return replace(found, sql=f"NOT COALESCE({found.sql}, FALSE)", rank=None, is_label=False)


def add_word(word: str, *, check: Check, sql: str, is_flag: bool = False, is_costly: bool = False) -> None:
    """A word of a package that knows more of executions than this one does.

    `sql` is a condition on `id`, with one parameter, the list of the values; none for a flag. It leads the search, so
    it has to find few executions, by an index; a costly one is checked on each execution, `e`, instead.
    """
    if word in WORDS:
        raise ValueError(f"There is a search word {word} already.")
    WORDS[word] = check
    FLAGS.update({word} if is_flag else ())
    rank = None if is_costly else 0
    _WORDS[word] = lambda values, _: Condition(sql, () if is_flag else (list(values),), rank=rank, is_costly=is_costly)


def _status(values: tuple[str, ...], _: Names) -> Condition:
    return _among("status", values, rank=3)


def _flow(values: tuple[str, ...], flows: Names) -> Condition:
    ids: list[int] = []
    for value in values:
        wanted = value.casefold()
        found = [one[0] for one in flows if fnmatchcase(one[1].casefold(), wanted) or one[2].casefold() == wanted]
        if not found:
            near = nearest(value, [one[1] for one in flows])
            hint = f"The nearest is flow:{near}." if near else "flow:check* would find what begins with check."
            raise SearchInvalid(f"flow:{value} names no flow of this workspace. {hint}")
        ids += found
    return _flow_ids(ids)


def _tag(values: tuple[str, ...], flows: Names) -> Condition:
    wanted = {value.casefold() for value in values}
    return _flow_ids([one[0] for one in flows if wanted & {str(tag).casefold() for tag in one[3]}])


def _suite(values: tuple[str, ...], flows: Names) -> Condition:
    wanted = {value.casefold() for value in values}
    return _flow_ids([one[0] for one in flows if one[4].casefold() in wanted])


def _version(values: tuple[str, ...], _: Names) -> Condition:
    """`flow:checkout version:39`; the number alone is that version of any flow."""
    numbers = [int(value) for value in values]
    return Condition("(SELECT number FROM flows_flowversion WHERE id = e.flow_version_id) = ANY(%s)", (numbers,))


def _flow_ids(ids: list[int]) -> Condition:
    if len(ids) == 1:
        return Condition("flow_id = %s", (ids[0],), rank=1)
    return Condition("flow_id = ANY(%s)", (ids,))


def _environment(values: tuple[str, ...], _: Names) -> Condition:
    return _among("environment_name", tuple("" if value == "none" else value for value in values), rank=4)


def _trigger(values: tuple[str, ...], _: Names) -> Condition:
    plain = tuple(value for value in values if value != "rerun")
    if plain == values:
        return _among("trigger", values, rank=5)
    return Condition("(rerun_of_id IS NOT NULL OR trigger = ANY(%s))", (list(plain),))


def _user(values: tuple[str, ...], _: Names) -> Condition:
    """`anna` is also who used `anna (token ci)`."""
    names = [value.lower() for value in values]
    return Condition(
        "(lower(actor) = ANY(%s) OR lower(actor) LIKE ANY(%s))", (names, [f"{_literal(name)} (%" for name in names])
    )


def _actor(values: tuple[str, ...], _: Names) -> Condition:
    """Exactly these, as finding.py writes the names it was asked for; none of them is nobody's."""
    return _among("actor", values, rank=4) if values else Condition("FALSE", rank=0)


def _step(values: tuple[str, ...], _: Names) -> Condition:
    """The step that failed: its id, or its path."""
    ends = [f"%/{_literal(value)}" for value in values] + [f"%/{_literal(value)}[%" for value in values]
    return Condition("(failed_step_path = ANY(%s) OR failed_step_path LIKE ANY(%s))", (list(values), ends))


def _error(values: tuple[str, ...], _: Names) -> Condition:
    parts = [f"%{_literal(value)}%" for value in values]
    return Condition(
        "(failure_message ILIKE ANY(%s) OR failure_code = ANY(%s) OR failure_kind = ANY(%s))",
        (parts, list(values), list(values)),
    )


def _had(values: tuple[str, ...], _: Names) -> Condition:
    columns = {
        "retries": "retry_count",
        "recovered": "recovered_count",
        "soft_failures": "soft_failed_count",
        "skipped": "skipped_count",
    }
    sql = " OR ".join(f"{columns[value]} > 0" for value in values)
    return Condition(f"({sql})", rank=2 if values == ("retries",) else None)


def _unresolved(_: tuple[str, ...], __: Names) -> Condition:
    """Failed, and nothing of its re-run family passed later."""
    return Condition(
        """(e.status IN ('failed', 'timed_out') AND NOT EXISTS (
              SELECT FROM executions_execution later
               WHERE later.family = COALESCE(e.family, e.id) AND later.id > e.id AND later.status = 'passed'))""",
        is_costly=True,
    )


def _first(_: tuple[str, ...], __: Names) -> Condition:
    """Failed, where the execution before it, of the same flow and environment, had passed."""
    return Condition(
        """(e.status IN ('failed', 'timed_out') AND 'passed' = (
              SELECT before.status FROM executions_execution before
               WHERE before.flow_id = e.flow_id AND before.environment_name = e.environment_name AND before.id < e.id
                 AND before.status IN ('passed', 'failed', 'timed_out')
               ORDER BY before.id DESC LIMIT 1))""",
        is_costly=True,
    )


def _slow(values: tuple[str, ...], _: Names) -> Condition:
    return Condition(
        "(extract(epoch FROM e.finished_at - e.started_at)::float8 > %s::float8 * usually.seconds)",
        (float(values[0]),),
        reads_usual=True,
        is_costly=True,
    )


def _judged(_: tuple[str, ...], __: Names) -> Condition:
    """What a pass rate is made of: it ended by its own doing, and no worker was lost over it."""
    return Condition("(status IN ('passed', 'timed_out') OR (status = 'failed' AND failure_kind <> 'worker_lost'))")


def _kind(values: tuple[str, ...], _: Names) -> Condition:
    return Condition("failure_kind = ANY(%s)", (list(values),))


def _passed(values: tuple[str, ...], _: Names) -> Condition:
    """The step passed in it: its key, which is its path without indices."""
    return Condition(
        """EXISTS (SELECT FROM executions_steprun s
              WHERE s.execution_id = e.id AND s.key = ANY(%s) AND s.status = 'passed')""",
        (list(values),),
        is_costly=True,
    )


def _text(values: tuple[str, ...], _: Names) -> Condition:
    (text,) = values
    number = text.removeprefix("#")
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    if is_number and text != number:
        return Condition("id = %s", (int(number),), rank=0)
    like = f"%{_literal(text)}%"
    columns = ("flow_name", "failed_step_path", "failure_message", "actor")
    sql = " OR ".join(f"{column} ILIKE %s" for column in columns) + (" OR id = %s" if is_number else "")
    return Condition(f"({sql})", (*[like] * len(columns), *([int(number)] if is_number else [])))


def _label(name: str, values: tuple[str, ...]) -> Condition:
    if "*" in values:
        return Condition("labels ? %s", (name,))
    sql = " OR ".join("labels @> %s::jsonb" for _ in values)
    return Condition(f"({sql})", tuple(jsontext.dumps({name: value}) for value in values), is_label=True)


def _among(column: str, values: tuple[str, ...], *, rank: int) -> Condition:
    if len(values) == 1:
        return Condition(f"{column} = %s", values, rank=rank)
    return Condition(f"{column} = ANY(%s)", (list(values),))


def _literal(text: str) -> str:
    """For LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_WORDS: Final[dict[str, Callable[[tuple[str, ...], Names], Condition]]] = {
    "status": _status,
    "flow": _flow,
    "version": _version,
    "env": _environment,
    "trigger": _trigger,
    "user": _user,
    ACTOR: _actor,
    "step": _step,
    "error": _error,
    "tag": _tag,
    "suite": _suite,
    "had": _had,
    "first": _first,
    "slow": _slow,
    "unresolved": _unresolved,
    "judged": _judged,
    "kind": _kind,
    "passed": _passed,
    "text": _text,
}
