"""log: put a message and a value into the record."""

from typing import Any

from flows.language import jsontext
from flows.language.actions.log import SPEC, LogConfig
from workers.actions.base import Action, Result, StepContext


class Log(Action[LogConfig]):
    """The record is where it is kept: the worker's own log would hold values that only the record masks."""

    spec = SPEC

    def run(self, config: LogConfig, context: StepContext) -> Result:
        message = _as_text(config.message)
        context.record_request(message=message, level=config.level)
        return {"message": message, "level": config.level, "data": config.data}

    def summary(self, config: LogConfig, result: Result) -> str:
        return str(result["message"]).partition("\n")[0][:200]


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else jsontext.dumps(value)
