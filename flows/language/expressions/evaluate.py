"""One evaluation of an expression: its scope, its budget, the values its parts had."""

from typing import TYPE_CHECKING, Any

from flows.language.expressions.budget import Budget
from flows.language.expressions.errors import EvaluationError, LimitReached, ValueMissing
from flows.language.expressions.showing import shown
from flows.language.values import is_missing, to_plain, type_name

if TYPE_CHECKING:
    from flows.language.expressions.nodes import Node
    from flows.language.expressions.parse import Expression
    from flows.language.scope import Scope


class DashIsMinus(Exception):
    """Control flow: the dash at `offset` joins no name that exists, so the text is read again as a subtraction."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Run:
    """What the nodes of an expression need while they are evaluated."""

    __slots__ = ("_own_budget", "budget", "items", "place", "scope", "splits", "values")

    def __init__(self, scope: "Scope", *, place: str, budget: Budget | None = None, trace: bool = False) -> None:
        self.scope = scope
        self.place = place
        self._own_budget = budget is None
        self.budget = budget or scope.allowance.budget()
        self.items: list[Any] = []  # what # stands for, innermost last
        self.splits: frozenset[int] = frozenset()
        self.values: dict[int, Any] | None = {} if trace else None

    def settle(self) -> None:
        """The evaluation is over: book what it cost."""
        if self._own_budget:
            self.scope.allowance.spend(self.budget.spent())

    def eval(self, node: "Node") -> Any:
        """The value of `node`, which may be a Missing."""
        self.budget.tick()
        value = node.evaluate(self)
        if self.values is not None:
            self.values[id(node)] = value
        return value

    def need(self, node: "Node") -> Any:
        """The value of `node`; raises ValueMissing when there is none. What `?.` guards counts as null."""
        return present(self.eval(node))

    def need_bool(self, node: "Node") -> bool:
        """The truth of `node`; raises EvaluationError for what is neither true nor false."""
        value = self.need(node)
        if isinstance(value, bool):
            return value
        raise EvaluationError(f"{node.shown()} is {shown(value)} ({type_name(value)}); true or false is wanted there.")


def present(value: Any) -> Any:
    """`value`; null for what `?.` guards. Raises ValueMissing for everything else that is missing."""
    if not is_missing(value):
        return value
    if not value.soft:
        raise ValueMissing(value)
    return None


def run_expression(expression: "Expression", run: Run) -> Any:
    """The value of `expression`, which may be a Missing. Raises EvaluationError."""
    try:
        while True:
            try:
                return run.eval(expression.tree(run.splits))
            except DashIsMinus as exc:
                run.splits |= {exc.offset}
                run.items.clear()
    except RecursionError as exc:
        raise LimitReached("A value is nested too deeply.") from exc
    finally:
        run.settle()


def evaluate(expression: "Expression", scope: "Scope", *, place: str = "") -> Any:
    """The value of `expression` in `scope`, as JSON plus Decimal.

    `place` names where it stands (`config.url`), so that a random value is drawn once per place. Raises
    EvaluationError: ValueMissing when a path leads nowhere, LimitReached when it would not end.
    """
    return to_plain(present(run_expression(expression, Run(scope, place=place or expression.source))))
