"""Functions of lists and objects, and those that look at each element through a closure."""

from collections.abc import Iterator
from typing import Any, Final

from flows.language.expressions import numbers, operators
from flows.language.expressions.arguments import Function, wanted_closure, wanted_list, wanted_object
from flows.language.expressions.errors import EvaluationError
from flows.language.expressions.evaluate import Run
from flows.language.expressions.showing import shown
from flows.language.values import MISSING, is_number, type_name

# lists and objects


def _first(_run: Run, value: Any) -> Any:
    items = wanted_list("first", value)
    return items[0] if items else MISSING


def _last(_run: Run, value: Any) -> Any:
    items = wanted_list("last", value)
    return items[-1] if items else MISSING


def _keys(run: Run, value: Any) -> Any:
    return run.budget.made(list(wanted_object("keys", value)))


def _values(run: Run, value: Any) -> Any:
    return run.budget.made(list(wanted_object("values", value).values()))


def _reverse(run: Run, value: Any) -> Any:
    if isinstance(value, str):
        run.budget.text(len(value))
        return value[::-1]
    return run.budget.made(wanted_list("reverse", value)[::-1])


def _sort(run: Run, value: Any) -> Any:
    items = wanted_list("sort", value)
    run.budget.tick(len(items) * 4)
    if all(isinstance(item, str) for item in items):
        return run.budget.made(sorted(items))
    if all(is_number(item) for item in items):
        return run.budget.made(sorted(items, key=numbers.exact))
    kinds = sorted({type_name(item) for item in items})
    raise EvaluationError(f"sort wants only numbers or only texts; the list holds {' and '.join(kinds)}.")


def _unique(run: Run, value: Any) -> Any:
    seen: dict[Any, Any] = {}
    for item in wanted_list("unique", value):
        seen.setdefault(operators.identity(item, run.budget), item)
    return run.budget.made(list(seen.values()))


# closures


def _truths(run: Run, name: str, value: Any, closure: Any) -> Iterator[tuple[Any, bool]]:
    """Whether the condition holds, for each element in turn; without one, the elements must be true or false."""
    for item in wanted_list(name, value):
        run.budget.tick()
        verdict = item if closure is None else wanted_closure(name, closure).of(item, run)
        if not isinstance(verdict, bool):
            what = f"{closure.shown()} is" if closure else "The list holds"
            raise EvaluationError(f"{what} {shown(verdict)} ({type_name(verdict)}); {name} wants true or false.")
        yield item, verdict


def _any(run: Run, value: Any, closure: Any = None) -> bool:
    return any(verdict for _, verdict in _truths(run, "any", value, closure))


def _all(run: Run, value: Any, closure: Any = None) -> bool:
    return all(verdict for _, verdict in _truths(run, "all", value, closure))


def _none(run: Run, value: Any, closure: Any = None) -> bool:
    return not any(verdict for _, verdict in _truths(run, "none", value, closure))


def _one(run: Run, value: Any, closure: Any = None) -> bool:
    return sum(verdict for _, verdict in _truths(run, "one", value, closure)) == 1


def _count(run: Run, value: Any, closure: Any = None) -> int:
    if closure is None:
        return len(wanted_list("count", value))
    return sum(verdict for _, verdict in _truths(run, "count", value, closure))


def _filter(run: Run, value: Any, closure: Any) -> Any:
    chosen = wanted_closure("filter", closure)
    return run.budget.made([item for item, verdict in _truths(run, "filter", value, chosen) if verdict])


def _find(run: Run, value: Any, closure: Any) -> Any:
    chosen = wanted_closure("find", closure)
    return next((item for item, verdict in _truths(run, "find", value, chosen) if verdict), MISSING)


def _map(run: Run, value: Any, closure: Any) -> Any:
    chosen = wanted_closure("map", closure)
    return run.budget.made([chosen.of(item, run) for item in wanted_list("map", value)])


LIST_FUNCTIONS: Final[dict[str, Function]] = {
    "first": Function(_first, 1, 1),
    "last": Function(_last, 1, 1),
    "keys": Function(_keys, 1, 1),
    "values": Function(_values, 1, 1),
    "sort": Function(_sort, 1, 1),
    "unique": Function(_unique, 1, 1),
    "reverse": Function(_reverse, 1, 1),
    "any": Function(_any, 1, 2, closure=True),
    "all": Function(_all, 1, 2, closure=True),
    "none": Function(_none, 1, 2, closure=True),
    "one": Function(_one, 1, 2, closure=True),
    "count": Function(_count, 1, 2, closure=True),
    "filter": Function(_filter, 2, 2, closure=True),
    "map": Function(_map, 2, 2, closure=True),
    "find": Function(_find, 2, 2, closure=True),
}
