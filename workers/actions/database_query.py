"""database_query: one SQL statement against PostgreSQL, SQLite, or what SQLAlchemy has a driver for."""

from collections.abc import Mapping
from time import monotonic, time
from typing import Any

from flows.language.actions.database_query import SPEC, DatabaseQueryConfig, PollConfig, QueryConfig
from workers.actions.base import Action, Endpoint, Park, Result, StepContext
from workers.errors import StepTimedOut
from workers.protocols.sql import alchemy, postgres, sqlite
from workers.protocols.sql.binding import Style, bind
from workers.protocols.sql.mode import Mode, first_word, mode_of
from workers.protocols.sql.results import Answer
from workers.protocols.sql.target import target_of
from workers.protocols.sql.watch import Watch

_STYLES = {"postgresql": Style.NUMBERED, "sqlite": Style.QUESTION}


class DatabaseQuery(Action[DatabaseQueryConfig]):
    spec = SPEC

    def run(self, config: DatabaseQueryConfig, context: StepContext) -> Result | Park:
        answer, duration_ms = self.ask(config, context)
        if config.poll is not None:
            return _poll(answer, config.poll, context.resumed or {}, duration_ms)
        return answer.as_result() | {"duration_ms": duration_ms}

    def ask(self, config: QueryConfig, context: StepContext) -> tuple[Answer, float]:
        """The answer, and the milliseconds it took."""
        target = target_of(config.connection)
        params = config.named_params if config.named_params is not None else config.params
        context.record_request(connection=target.describe(), query=config.query, params=params)
        query = bind(config.query, params, style=_STYLES.get(target.type, Style.NAMED))
        watch = Watch(context.abort, context.deadline, context.egress, context.local_files)
        started = monotonic()
        run = {"postgresql": postgres.run_query, "sqlite": sqlite.run_query}.get(target.type, alchemy.run_query)
        written = (context.written or {}).get("query")
        mode = mode_of(config.transaction, config.query, written if isinstance(written, str) else config.query)
        answer = run(target, query, mode, config.max_rows, watch)
        return answer, round((monotonic() - started) * 1000, 3)

    def is_repeatable(self, config: QueryConfig) -> bool:
        return mode_of(config.transaction, config.query, config.query) is Mode.READ_ONLY

    def endpoint(self, config: QueryConfig, written: Mapping[str, Any]) -> Endpoint:
        target = target_of(config.connection)
        return Endpoint(target.type, target.service, first_word(config.query).upper(), target.database)

    def summary(self, config: QueryConfig, result: Result) -> str:
        if result["columns"]:
            return "1 row" if result["row_count"] == 1 else f"{result['row_count']} rows"
        return "1 row affected" if result["rows_affected"] == 1 else f"{result['rows_affected']} rows affected"


def _poll(answer: Answer, poll: PollConfig, resumed: Mapping[str, Any], duration_ms: float) -> Result | Park:
    attempts = int(resumed.get("attempts", 0)) + 1
    until = float(resumed.get("until", time() + poll.timeout))
    result = answer.as_result() | {"duration_ms": duration_ms, "attempts": attempts}
    if answer.row_count:
        return result
    if time() + poll.interval > until:
        asked = "once" if attempts == 1 else f"{attempts} times"
        message = f"No row came within {poll.timeout:g} s; the query was asked {asked}"
        raise StepTimedOut(message, code="poll_timeout", partial=result)
    return Park(poll.interval, {"attempts": attempts, "until": until})
