"""`matches_schema`: JSON Schema (draft 2020-12) without the parts that reach outside or may hang."""

from collections.abc import Callable, Iterator
from typing import Any

import referencing
import referencing.exceptions
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import SchemaError
from jsonschema.validators import extend

from flows.language.expressions import patterns
from flows.language.expressions.budget import Budget
from flows.language.expressions.errors import EvaluationError, LimitReached
from flows.language.expressions.operators import identity

Keyword = Callable[[Any, Any, Any, Any], Any]


def is_valid(value: Any, schema: Any, budget: Budget) -> bool:
    """Whether `value` is as `schema` says. Raises EvaluationError when the schema is none."""
    return first_problem(value, schema, budget) is None


def first_problem(value: Any, schema: Any, budget: Budget) -> str | None:
    """What the schema says against `value`, or None."""
    if not isinstance(schema, dict | bool):
        raise EvaluationError("matches_schema wants the schema as an object.")
    budget.weigh(schema)
    budget.weigh(value)
    try:
        Draft202012Validator.check_schema(schema)
        validator = _bounded(budget)(schema, registry=referencing.Registry())
        problem = next(iter(validator.iter_errors(value)), None)
    except SchemaError as exc:
        raise EvaluationError(f"The schema is wrong: {exc.message}") from exc
    except referencing.exceptions.Unresolvable as exc:
        raise EvaluationError("The schema refers to something outside itself.") from exc
    except RecursionError as exc:
        raise LimitReached("The schema refers to itself for ever.") from exc
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as exc:
        raise EvaluationError("The schema cannot be applied.") from exc
    if problem is None:
        return None
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem.absolute_path)
    return f"{where.lstrip('.') or 'the value'}: {problem.message}"


def _bounded(budget: Budget) -> Any:
    def counted(check: Keyword) -> Keyword:
        def work(validator: Any, wanted: Any, instance: Any, schema: Any) -> Any:
            budget.tick(20)
            return check(validator, wanted, instance, schema)

        return work

    checks: dict[str, Keyword] = {name: counted(check) for name, check in Draft202012Validator.VALIDATORS.items()}
    checks["pattern"] = counted(_pattern)
    checks["patternProperties"] = counted(_pattern_properties)
    checks["additionalProperties"] = counted(_additional_properties)
    checks["uniqueItems"] = _unique_items(budget)
    checks["unevaluatedProperties"] = _unavailable
    return extend(Draft202012Validator, checks)  # type: ignore[no-untyped-call]  # the stubs leave it untyped


def _pattern(_validator: Any, wanted: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not patterns.search(wanted, instance):
        yield ValidationError(f"{instance!r} does not match {wanted!r}")


def _pattern_properties(validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, inner in wanted.items():
        for key, value in instance.items():
            if patterns.search(pattern, key):
                yield from validator.descend(value, inner, path=key, schema_path=pattern)


def _additional_properties(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    named, described = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, value in instance.items():
        if key in named or any(patterns.search(pattern, key) for pattern in described):
            continue
        if wanted is False:
            yield ValidationError(f"{key!r} was unexpected")
        elif isinstance(wanted, dict):
            yield from validator.descend(value, wanted, path=key)


def _unique_items(budget: Budget) -> Keyword:
    def work(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if wanted is not True or not isinstance(instance, list):
            return
        if len({identity(item, budget) for item in instance}) < len(instance):
            yield ValidationError(f"{instance!r} has non-unique elements")

    return work


def _unavailable(*_given: Any) -> Iterator[ValidationError]:
    raise EvaluationError("unevaluatedProperties is not available in matches_schema. Use additionalProperties.")
