"""The functions of the language. `x.upper()` is `upper(x)`.

Their names are reserved only before `(`. Every function gets the run (for its budget) and evaluated arguments; those
that take a closure get the closure itself as their last argument.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from flows.language.expressions import numbers, operators, queries, schemas
from flows.language.expressions.errors import EvaluationError
from flows.language.expressions.evaluate import Run
from flows.language.expressions.nodes import Closure, Node
from flows.language.expressions.numbers import BadNumber, read_number
from flows.language.expressions.showing import shown
from flows.language.values import MISSING, Missing, is_missing, is_number, near, to_text, type_name


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how many arguments it takes, and whether the last may be a closure."""

    work: Callable[..., Any]
    least: int
    most: int
    closure: bool = False


def call(run: Run, name: str, before: list[Any], arguments: tuple[Node, ...]) -> Any:
    """The value of `name(before…, arguments…)`. Raises EvaluationError."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise EvaluationError(unknown(name))
    problem = arity_problem(name, len(before) + len(arguments))
    if problem:
        raise EvaluationError(problem)
    values = [argument if isinstance(argument, Closure) else run.need(argument) for argument in arguments]
    if any(isinstance(value, Closure) for value in values) and not function.closure:
        raise EvaluationError(f"{name} takes no {{ }}.")
    run.budget.tick(5)
    return function.work(run, *before, *values)


def unknown(name: str) -> str:
    """The sentence about a function that does not exist."""
    found = near(name, FUNCTIONS)
    return f"There is no function {name}." + (f" The nearest is {found[0]}." if found else "")


def arity_problem(name: str, count: int) -> str:
    """What is wrong with giving `name` so many arguments, or "" when nothing is."""
    function = FUNCTIONS[name]
    if function.least <= count <= function.most:
        return ""
    if function.least == function.most:
        wanted = f"{function.least} argument" + ("" if function.least == 1 else "s")
    elif function.most >= _MANY:
        wanted = f"at least {function.least} argument" + ("" if function.least == 1 else "s")
    else:
        wanted = f"{function.least} to {function.most} arguments"
    return f"{name} takes {wanted}, not {count}."


# what arguments must be


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise EvaluationError(f"{name} wants a text, not {shown(value)} ({type_name(value)}).")


def _list(name: str, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise EvaluationError(f"{name} wants a list, not {shown(value)} ({type_name(value)}).")


def _object(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise EvaluationError(f"{name} wants an object, not {shown(value)} ({type_name(value)}).")


def _number(name: str, value: Any) -> int | float | Decimal:
    if is_number(value):
        return value
    raise EvaluationError(f"{name} wants a number, not {shown(value)} ({type_name(value)}).")


def _closure(name: str, value: Any) -> Closure:
    if isinstance(value, Closure):
        return value
    raise EvaluationError(f"{name} wants a condition in {{ }}, as in {name}(list, {{# > 1}}).")


# texts


def _len(_run: Run, value: Any) -> int:
    if isinstance(value, str | list | dict):
        return len(value)
    raise EvaluationError(f"len wants a text, a list or an object, not {shown(value)} ({type_name(value)}).")


def _lower(run: Run, value: Any) -> str:
    run.budget.text(len(_text("lower", value)))
    return str(value.lower())


def _upper(run: Run, value: Any) -> str:
    run.budget.text(len(_text("upper", value)))
    return str(value.upper())


def _trim(_run: Run, value: Any) -> str:
    return _text("trim", value).strip()


def _split(run: Run, value: Any, separator: Any) -> list[str]:
    text, by = _text("split", value), _text("split", separator)
    run.budget.text(len(text))
    if not by:
        raise EvaluationError("split wants a separator that is not empty.")
    parts: list[str] = run.budget.made(text.split(by))
    return parts


def _join(run: Run, value: Any, separator: Any = "") -> str:
    parts = [_text("join", part) if isinstance(part, str) else _plain(run, part) for part in _list("join", value)]
    by = _text("join", separator)
    run.budget.text(sum(len(part) for part in parts) + len(by) * len(parts))
    return by.join(parts)


def _plain(run: Run, value: Any) -> str:
    run.budget.weigh(value)
    return to_text(value)


def _replace(run: Run, value: Any, old: Any, new: Any) -> str:
    text, was, becomes = _text("replace", value), _text("replace", old), _text("replace", new)
    run.budget.text(len(text))
    run.budget.text(len(text) + text.count(was) * max(0, len(becomes) - len(was)))
    return text.replace(was, becomes)


# conversions


def _int(_run: Run, value: Any) -> int:
    if is_number(value):
        return numbers.whole(value)
    number = _from_text("int", value)
    if not isinstance(number, int) and number != number // 1:
        raise EvaluationError(f"{shown(value)} is not a whole number.")
    return int(number)


def _float(_run: Run, value: Any) -> int | float | Decimal:
    if is_number(value):
        return float(value) if isinstance(value, int) else value
    number = _from_text("float", value)
    return float(number) if isinstance(number, int) else number


def _from_text(name: str, value: Any) -> int | float | Decimal:
    if not isinstance(value, str):
        raise EvaluationError(f"{name} wants a number or a text, not {shown(value)} ({type_name(value)}).")
    try:
        return read_number(value)
    except BadNumber as exc:
        raise EvaluationError(f"{shown(value)} is not a number.") from exc


def _string(run: Run, value: Any) -> str:
    return _plain(run, value)


def _type(_run: Run, value: Any) -> str:
    name = type_name(value)
    return {"text": "string", "list": "array"}.get(name, name)


# numbers


def _abs(_run: Run, value: Any) -> Any:
    number = _number("abs", value)
    return operators.negative(number) if number < 0 else number


def _round(_run: Run, value: Any, digits: Any = 0) -> Any:
    number, places = _number("round", value), _number("round", digits)
    if not isinstance(places, int) or not 0 <= places <= 30:
        raise EvaluationError("round wants 0 to 30 digits.")
    if isinstance(number, int):
        return number
    exact = Decimal(numbers.exact(numbers.small(number)))
    rounded = exact if abs(exact) > Decimal(10) ** 60 else _quantized(exact, places)
    if places == 0:
        return int(rounded)
    return float(rounded) if isinstance(number, float) else rounded


def _quantized(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=Context(prec=120))


def _floor(_run: Run, value: Any) -> int:
    number = numbers.exact(numbers.small(_number("floor", value)))
    return int(number.to_integral_value("ROUND_FLOOR")) if isinstance(number, Decimal) else number


def _ceil(_run: Run, value: Any) -> int:
    number = numbers.exact(numbers.small(_number("ceil", value)))
    return int(number.to_integral_value("ROUND_CEILING")) if isinstance(number, Decimal) else number


def _sum(run: Run, value: Any) -> Any:
    total: Any = 0
    for item in _list("sum", value):
        run.budget.tick()
        total = numbers.calculate("+", total, _number("sum", item))
    return total


def _mean(run: Run, value: Any) -> Any:
    items = _list("mean", value)
    if not items:
        raise EvaluationError("The mean of an empty list is not defined.")
    return numbers.calculate("/", _sum(run, items), len(items))


def _extreme(name: str, wants_less: bool) -> Callable[..., Any]:
    def work(run: Run, *values: Any) -> Any:
        items = _list(name, values[0]) if len(values) == 1 else list(values)
        if not items:
            raise EvaluationError(f"The {name} of an empty list is not defined.")
        best = items[0]
        for item in items[1:]:
            run.budget.tick()
            if operators.less(item, best) if wants_less else operators.less(best, item):
                best = item
        return best

    return work


# lists and objects


def _first(_run: Run, value: Any) -> Any:
    items = _list("first", value)
    return items[0] if items else MISSING


def _last(_run: Run, value: Any) -> Any:
    items = _list("last", value)
    return items[-1] if items else MISSING


def _keys(run: Run, value: Any) -> Any:
    return run.budget.made(list(_object("keys", value)))


def _values(run: Run, value: Any) -> Any:
    return run.budget.made(list(_object("values", value).values()))


def _reverse(run: Run, value: Any) -> Any:
    if isinstance(value, str):
        run.budget.text(len(value))
        return value[::-1]
    return run.budget.made(_list("reverse", value)[::-1])


def _sort(run: Run, value: Any) -> Any:
    items = _list("sort", value)
    run.budget.tick(len(items) * 4)
    if all(isinstance(item, str) for item in items):
        return run.budget.made(sorted(items))
    if all(is_number(item) for item in items):
        return run.budget.made(sorted(items, key=numbers.exact))
    kinds = sorted({type_name(item) for item in items})
    raise EvaluationError(f"sort wants only numbers or only texts; the list holds {' and '.join(kinds)}.")


def _unique(run: Run, value: Any) -> Any:
    seen: dict[Any, Any] = {}
    for item in _list("unique", value):
        seen.setdefault(operators.identity(item, run.budget), item)
    return run.budget.made(list(seen.values()))


# closures


def _truths(run: Run, name: str, value: Any, closure: Any) -> Iterator[tuple[Any, bool]]:
    """Whether the condition holds, for each element in turn; without one, the elements must be true or false."""
    for item in _list(name, value):
        run.budget.tick()
        verdict = item if closure is None else _closure(name, closure).of(item, run)
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
        return len(_list("count", value))
    return sum(verdict for _, verdict in _truths(run, "count", value, closure))


def _filter(run: Run, value: Any, closure: Any) -> Any:
    chosen = _closure("filter", closure)
    return run.budget.made([item for item, verdict in _truths(run, "filter", value, chosen) if verdict])


def _find(run: Run, value: Any, closure: Any) -> Any:
    chosen = _closure("find", closure)
    return next((item for item, verdict in _truths(run, "find", value, chosen) if verdict), MISSING)


def _map(run: Run, value: Any, closure: Any) -> Any:
    chosen = _closure("map", closure)
    return run.budget.made([chosen.of(item, run) for item in _list("map", value)])


# time


def _now(run: Run) -> datetime:
    return run.scope.now()


def _date(_run: Run, value: Any) -> datetime:
    try:
        if isinstance(value, datetime):
            return value
        if is_number(value):
            return datetime.fromtimestamp(float(value), UTC)
        moment = datetime.fromisoformat(_text("date", value).strip())
    except (ValueError, OverflowError, OSError) as exc:
        raise EvaluationError(f"{shown(value)} is not a date. Write it as 2024-05-31 or 2024-05-31T10:00:00Z.") from exc
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _duration(_run: Run, value: Any) -> Any:
    from flows.language.durations import BadDuration, parse_duration

    try:
        seconds = parse_duration(value)
    except (BadDuration, TypeError) as exc:
        raise EvaluationError(str(exc)) from exc
    return int(seconds) if seconds == int(seconds) else seconds


# other languages


def _jsonpath(run: Run, *values: Any) -> Any:
    path = queries.compile_jsonpath(_text("jsonpath", values[-1]))
    root = run.scope.jsonpath_root(path) if len(values) == 1 else values[0]
    found = path.value(root, run.budget)
    return Missing(path.source) if is_missing(found) else found


def _jmespath(run: Run, *values: Any) -> Any:
    text = _text("jmespath", values[-1])
    root = run.scope.result_view() if len(values) == 1 else values[0]
    return queries.search_jmespath(text, root, run.budget)


def _matches_schema(run: Run, value: Any, schema: Any) -> bool:
    return schemas.is_valid(value, schema, run.budget)


def _operator(name: str) -> Callable[..., bool]:
    def work(run: Run, left: Any, right: Any) -> bool:
        return operators.WORD_OPERATORS[name](left, right, run.budget)

    return work


_MANY = 1000

FUNCTIONS: Final[dict[str, Function]] = {
    "len": Function(_len, 1, 1),
    "lower": Function(_lower, 1, 1),
    "upper": Function(_upper, 1, 1),
    "trim": Function(_trim, 1, 1),
    "split": Function(_split, 2, 2),
    "join": Function(_join, 1, 2),
    "replace": Function(_replace, 3, 3),
    "int": Function(_int, 1, 1),
    "float": Function(_float, 1, 1),
    "string": Function(_string, 1, 1),
    "type": Function(_type, 1, 1),
    "abs": Function(_abs, 1, 1),
    "round": Function(_round, 1, 2),
    "floor": Function(_floor, 1, 1),
    "ceil": Function(_ceil, 1, 1),
    "min": Function(_extreme("min", True), 1, _MANY),
    "max": Function(_extreme("max", False), 1, _MANY),
    "sum": Function(_sum, 1, 1),
    "mean": Function(_mean, 1, 1),
    "first": Function(_first, 1, 1),
    "last": Function(_last, 1, 1),
    "keys": Function(_keys, 1, 1),
    "values": Function(_values, 1, 1),
    "sort": Function(_sort, 1, 1),
    "unique": Function(_unique, 1, 1),
    "reverse": Function(_reverse, 1, 1),
    "now": Function(_now, 0, 0),
    "date": Function(_date, 1, 1),
    "duration": Function(_duration, 1, 1),
    "any": Function(_any, 1, 2, closure=True),
    "all": Function(_all, 1, 2, closure=True),
    "none": Function(_none, 1, 2, closure=True),
    "one": Function(_one, 1, 2, closure=True),
    "count": Function(_count, 1, 2, closure=True),
    "filter": Function(_filter, 2, 2, closure=True),
    "map": Function(_map, 2, 2, closure=True),
    "find": Function(_find, 2, 2, closure=True),
    "jsonpath": Function(_jsonpath, 1, 2),
    "jmespath": Function(_jmespath, 1, 2),
    "matches_schema": Function(_matches_schema, 2, 2),
    "contains": Function(_operator("contains"), 2, 2),
    "startsWith": Function(_operator("startsWith"), 2, 2),
    "starts_with": Function(_operator("startsWith"), 2, 2),
    "endsWith": Function(_operator("endsWith"), 2, 2),
    "ends_with": Function(_operator("endsWith"), 2, 2),
    "matches": Function(_operator("matches"), 2, 2),
}
