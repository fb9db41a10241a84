"""The functions of the language. `x.upper()` is `upper(x)`.

Their names are reserved only before `(`. Every function gets the run (for its budget) and evaluated arguments; those
that take a closure get the closure itself as their last argument.
"""

from collections.abc import Callable
from typing import Any, Final

from flows.language.expressions import operators, queries, schemas
from flows.language.expressions.arguments import MANY, Function, wanted_text
from flows.language.expressions.errors import EvaluationError
from flows.language.expressions.evaluate import Run
from flows.language.expressions.list_functions import LIST_FUNCTIONS
from flows.language.expressions.nodes import Closure, Node
from flows.language.expressions.scalar_functions import SCALAR_FUNCTIONS
from flows.language.values import Missing, is_missing, near


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
    elif function.most >= MANY:
        wanted = f"at least {function.least} argument" + ("" if function.least == 1 else "s")
    else:
        wanted = f"{function.least} to {function.most} arguments"
    return f"{name} takes {wanted}, not {count}."


# other languages


def _jsonpath(run: Run, *values: Any) -> Any:
    path = queries.compile_jsonpath(wanted_text("jsonpath", values[-1]))
    root = run.scope.jsonpath_root(path) if len(values) == 1 else values[0]
    found = path.value(root, run.budget)
    return Missing(path.source) if is_missing(found) else found


def _jmespath(run: Run, *values: Any) -> Any:
    text = wanted_text("jmespath", values[-1])
    root = run.scope.result_view() if len(values) == 1 else values[0]
    return queries.search_jmespath(text, root, run.budget)


def _matches_schema(run: Run, value: Any, schema: Any) -> bool:
    return schemas.is_valid(value, schema, run.budget)


def _operator(name: str) -> Callable[..., bool]:
    def work(run: Run, left: Any, right: Any) -> bool:
        return operators.WORD_OPERATORS[name](left, right, run.budget)

    return work


FUNCTIONS: Final[dict[str, Function]] = {
    **SCALAR_FUNCTIONS,
    **LIST_FUNCTIONS,
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
