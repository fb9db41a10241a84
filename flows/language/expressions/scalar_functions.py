"""Functions of texts, numbers and times."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from flows.language.durations import BadDuration, parse_duration
from flows.language.expressions import numbers, operators
from flows.language.expressions.arguments import MANY, Function, wanted_list, wanted_number, wanted_text
from flows.language.expressions.errors import EvaluationError
from flows.language.expressions.evaluate import Run
from flows.language.expressions.numbers import BadNumber, read_number
from flows.language.expressions.showing import shown
from flows.language.values import is_number, to_text, type_name

# texts


def _len(_run: Run, value: Any) -> int:
    if isinstance(value, str | list | dict):
        return len(value)
    raise EvaluationError(f"len wants a text, a list or an object, not {shown(value)} ({type_name(value)}).")


def _lower(run: Run, value: Any) -> str:
    run.budget.text(len(wanted_text("lower", value)))
    return str(value.lower())


def _upper(run: Run, value: Any) -> str:
    run.budget.text(len(wanted_text("upper", value)))
    return str(value.upper())


def _trim(_run: Run, value: Any) -> str:
    return wanted_text("trim", value).strip()


def _split(run: Run, value: Any, separator: Any) -> list[str]:
    text, by = wanted_text("split", value), wanted_text("split", separator)
    run.budget.text(len(text))
    if not by:
        raise EvaluationError("split wants a separator that is not empty.")
    parts: list[str] = run.budget.made(text.split(by))
    return parts


def _join(run: Run, value: Any, separator: Any = "") -> str:
    parts = [
        wanted_text("join", part) if isinstance(part, str) else _plain(run, part) for part in wanted_list("join", value)
    ]
    by = wanted_text("join", separator)
    run.budget.text(sum(len(part) for part in parts) + len(by) * len(parts))
    return by.join(parts)


def _plain(run: Run, value: Any) -> str:
    run.budget.weigh(value)
    return to_text(value)


def _replace(run: Run, value: Any, old: Any, new: Any) -> str:
    text, was, becomes = wanted_text("replace", value), wanted_text("replace", old), wanted_text("replace", new)
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
    number = wanted_number("abs", value)
    return operators.negative(number) if number < 0 else number


def _round(_run: Run, value: Any, digits: Any = 0) -> Any:
    number, places = wanted_number("round", value), wanted_number("round", digits)
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
    number = numbers.exact(numbers.small(wanted_number("floor", value)))
    return int(number.to_integral_value("ROUND_FLOOR")) if isinstance(number, Decimal) else number


def _ceil(_run: Run, value: Any) -> int:
    number = numbers.exact(numbers.small(wanted_number("ceil", value)))
    return int(number.to_integral_value("ROUND_CEILING")) if isinstance(number, Decimal) else number


def _sum(run: Run, value: Any) -> Any:
    total: Any = 0
    for item in wanted_list("sum", value):
        run.budget.tick()
        total = numbers.calculate("+", total, wanted_number("sum", item))
    return total


def _mean(run: Run, value: Any) -> Any:
    items = wanted_list("mean", value)
    if not items:
        raise EvaluationError("The mean of an empty list is not defined.")
    return numbers.calculate("/", _sum(run, items), len(items))


def _extreme(name: str, wants_less: bool) -> Callable[..., Any]:
    def work(run: Run, *values: Any) -> Any:
        items = wanted_list(name, values[0]) if len(values) == 1 else list(values)
        if not items:
            raise EvaluationError(f"The {name} of an empty list is not defined.")
        best = items[0]
        for item in items[1:]:
            run.budget.tick()
            if operators.less(item, best) if wants_less else operators.less(best, item):
                best = item
        return best

    return work


# time


def _now(run: Run) -> datetime:
    return run.scope.now()


def _date(_run: Run, value: Any) -> datetime:
    try:
        if isinstance(value, datetime):
            return value
        if is_number(value):
            return datetime.fromtimestamp(float(value), UTC)
        moment = datetime.fromisoformat(wanted_text("date", value).strip())
    except (ValueError, OverflowError, OSError) as exc:
        raise EvaluationError(f"{shown(value)} is not a date. Write it as 2024-05-31 or 2024-05-31T10:00:00Z.") from exc
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _duration(_run: Run, value: Any) -> Any:
    try:
        seconds = parse_duration(value)
    except (BadDuration, TypeError) as exc:
        raise EvaluationError(str(exc)) from exc
    return int(seconds) if seconds == int(seconds) else seconds


SCALAR_FUNCTIONS: Final[dict[str, Function]] = {
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
    "min": Function(_extreme("min", True), 1, MANY),
    "max": Function(_extreme("max", False), 1, MANY),
    "sum": Function(_sum, 1, 1),
    "mean": Function(_mean, 1, 1),
    "now": Function(_now, 0, 0),
    "date": Function(_date, 1, 1),
    "duration": Function(_duration, 1, 1),
}
