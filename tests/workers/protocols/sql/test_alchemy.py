"""Databases reached through SQLAlchemy, shown with the one driver that is always there."""

import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy

from workers.abort import Abort
from workers.egress import Egress
from workers.errors import Aborted, StepTimedOut, TargetRefused
from workers.protocols.sql.alchemy import run_on_engine
from workers.protocols.sql.binding import Style, bind
from workers.protocols.sql.mode import Mode
from workers.protocols.sql.results import Answer
from workers.protocols.sql.watch import Watch


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sqlalchemy.Engine]:
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/a.db", poolclass=sqlalchemy.NullPool)
    yield engine
    engine.dispose()


def watching(seconds: float = 10) -> Watch:
    return Watch(Abort(), monotonic() + seconds, Egress())


def ask(engine: sqlalchemy.Engine, query: str, params: object = None, mode: Mode = Mode.TRANSACTION) -> Answer:
    bound = bind(query, params, style=Style.NAMED)  # type: ignore[arg-type]  # whatever the test gives
    return run_on_engine(engine, bound, mode, 10, watching())


def test_rows_changes_and_parameters(engine: sqlalchemy.Engine) -> None:
    ask(engine, "CREATE TABLE a (id INTEGER, note TEXT)")
    assert ask(engine, "INSERT INTO a VALUES (:id, ':id'), (2, :note)", {"id": 1, "note": "x"}).rows_affected == 2
    answer = ask(engine, "SELECT * FROM a WHERE id = ?", [1])
    assert answer.rows == [{"id": 1, "note": ":id"}]


def test_what_is_read_only_is_rolled_back(engine: sqlalchemy.Engine) -> None:
    ask(engine, "CREATE TABLE a (id INTEGER)")
    ask(engine, "INSERT INTO a VALUES (1)", mode=Mode.READ_ONLY)
    assert ask(engine, "SELECT count(*) AS n FROM a").rows == [{"n": 0}]


def test_refusals(engine: sqlalchemy.Engine) -> None:
    with pytest.raises(TargetRefused, match="no such table"):
        ask(engine, "SELECT * FROM nowhere")


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4000000) SELECT count(*) FROM n"


def test_a_deadline_and_an_abort_leave_the_driver_behind(engine: sqlalchemy.Engine) -> None:
    started = monotonic()
    with pytest.raises(StepTimedOut):
        run_on_engine(engine, bind(ENDLESS, None, style=Style.NAMED), Mode.TRANSACTION, 10, watching(0.2))
    watch = watching()
    timer = threading.Timer(0.2, watch.abort.set, ["cancelled"])
    timer.start()
    with pytest.raises(Aborted):
        run_on_engine(engine, bind(ENDLESS, None, style=Style.NAMED), Mode.TRANSACTION, 10, watch)
    assert monotonic() - started < 3
    timer.join()
    for thread in threading.enumerate():
        if thread.name == "sqlalchemy":
            thread.join(30)
