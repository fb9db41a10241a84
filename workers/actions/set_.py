"""set: give names to values."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.set_ import SPEC, SetConfig
from workers.actions.base import Action, Result, StepContext


class Set(Action[SetConfig]):
    """The engine has rendered the templates; what is left are values, and paths that begin with `$.` or `$[`."""

    spec = SPEC

    def run(self, config: SetConfig, context: StepContext) -> Result:
        values = config.values
        context.record_request(**values)
        return {name: self._value(value, config, context) for name, value in values.items()}

    def summary(self, config: SetConfig, result: Result) -> str:
        return ", ".join(result)[:200]

    @staticmethod
    def _value(value: Any, config: SetConfig, context: StepContext) -> Any:
        if not isinstance(value, str) or not value.startswith(("$.", "$[")):
            return value
        if context.written is not None and value not in _texts(context.written):
            return value  # a template gave it: values are never read again as language
        if context.language is None:
            raise RuntimeError("set needs the running flow's language")
        return context.language.evaluate(value, over=config.input)


def _texts(written: Mapping[str, Any]) -> set[str]:
    nested = written.get("transforms")
    values = [*written.values(), *(nested.values() if isinstance(nested, dict) else ())]
    return {value for value in values if isinstance(value, str)}
