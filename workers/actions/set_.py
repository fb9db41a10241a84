"""set: give names to values."""

from typing import Any

from flows.language.actions.set_ import SPEC, SetConfig
from workers.actions.base import Action, Result, StepContext


class Set(Action[SetConfig]):
    """The engine has rendered the templates; what is left are values, and paths that begin with `$.` or `$[`."""

    spec = SPEC

    def run(self, config: SetConfig, context: StepContext) -> Result:
        values = config.values
        context.record_request(**values)
        return {name: self._value(written, config, context) for name, written in values.items()}

    def summary(self, config: SetConfig, result: Result) -> str:
        return ", ".join(result)[:200]

    @staticmethod
    def _value(written: Any, config: SetConfig, context: StepContext) -> Any:
        if not isinstance(written, str) or not written.startswith(("$.", "$[")):
            return written
        if context.language is None:
            raise RuntimeError("set needs the running flow's language")
        return context.language.evaluate(written, over=config.input)
