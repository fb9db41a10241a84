"""The measurements. Each gives the lines of its table."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import history
from bench.chains import running_chains
from bench.durable import Dbos, running_dbos
from bench.flow_runs import FlowRuns
from bench.footprint import megabytes
from bench.http_tools import Tool, peers, stepwell
from bench.install import NotToBeHad
from bench.live import watch
from bench.rounds import Spread, in_rounds
from bench.schedules import Due
from bench.stack import Stack, fresh, started
from bench.tables import Figure
from bench.target import serving

MILLI = 1e3


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is measured."""

    rounds: int = 15
    steps: int = 40
    at_once: int = 20
    settle_seconds: float = 10.0  # before memory is read
    warm_up: int = 5
    watchers: int = 100
    events_per_second: float = 1000
    watched_seconds: float = 5.0
    history: int = 100_000  # executions; 0 leaves it out
    schedules: int = 500


def hops(stack: Stack, size: Size) -> list[Figure]:
    """(a) A durable step against a hop of a bare Celery chain."""
    between = (size.steps - 1) / MILLI
    with (
        closing(FlowRuns(stack, size.steps)) as runs,
        closing(FlowRuns(stack, size.steps, alone=True)) as alone,
        running_chains(stack, hops=size.steps) as chains,
    ):
        found = in_rounds(
            size.rounds,
            {
                "step": lambda: runs.one_inside() / between,
                "alone": lambda: alone.one_inside() / between,
                "hop": lambda: chains.one_inside() / between,
            },
            warm_up=size.warm_up,
        )
        many = in_rounds(
            size.rounds,
            {
                "step": lambda: size.at_once * size.steps / runs.many(size.at_once),
                "hop": lambda: size.at_once * size.steps / chains.many(size.at_once),
            },
            warm_up=2,
        )
    return [
        *(
            Figure(
                what=what,
                unit="ms",
                ours=ours,
                against="a hop of a bare Celery chain",
                theirs=found["hop"],
                target="≤ 1 ms, ≤ 0.5×",
                is_met=ours.median <= 1 and ours.over(found["hop"]).median <= 0.5,
            )
            for what, ours in (
                ("a durable no-op step, one flow alone", found["step"]),
                ("the same, each step claimed and committed by itself", found["alone"]),
            )
        ),
        Figure(
            what=f"durable no-op steps, {size.at_once} flows at once",
            unit="/s",
            ours=many["step"],
            against=f"hops of {size.at_once} bare chains",
            theirs=many["hop"],
        ),
    ]


def flows(stack: Stack, size: Size) -> list[Figure]:
    """(b) Whole flows, from the API call to `passed`, against DBOS."""
    with closing(FlowRuns(stack, size.steps)) as runs, _dbos(stack, size) as dbos:
        one = _with_dbos(size, lambda: runs.one() * MILLI, dbos, lambda found: found.run(1) * MILLI)
        many = _with_dbos(
            size,
            lambda: size.at_once / runs.many(size.at_once),
            dbos,
            lambda found: size.at_once / found.run(size.at_once),
        )
    is_three_times = isinstance(dbos, str) or one["theirs"].over(one["ours"]).median >= 3
    return [
        Figure(
            what=f"one {size.steps}-step no-op flow, API call to `passed`",
            unit="ms",
            ours=one["ours"],
            against="DBOS, function call to result",
            theirs=one.get("theirs", str(dbos)),
            target="≤ 60 ms, ≥ 3× faster",
            is_met=one["ours"].median <= 60 and is_three_times,
        ),
        Figure(
            what=f"{size.at_once} such flows at once",
            unit="flows/s",
            ours=many["ours"],
            against="DBOS, two processes",
            theirs=many.get("theirs", str(dbos)),
            target="≥ 30 flows/s",
            is_met=many["ours"].median >= 30,
        ),
    ]


def http(stack: Stack, size: Size) -> list[Figure]:
    """(c) Ten HTTP requests with two checks each, as a command."""
    with fresh() as folder, serving() as target:
        ours = stepwell(folder, target, stack)
        others, missing = peers(folder, target)
        tools: Sequence[Tool] = [ours, *others]
        in_rounds(size.rounds, {tool.name: tool.run for tool in tools}, warm_up=2)
    added, total = _spread(ours.added, size), _spread(ours.totals, size, 1.0)
    lines: list[Figure] = []
    for tool in others:
        lines.append(_added(added, tool.name, _spread(tool.added, size)))
        lines.append(_total(total, tool.name, _spread(tool.totals, size, 1.0)))
    for name, why in missing.items():
        lines += [_added(added, name, why), _total(total, name, why)]
    return lines


def live(stack: Stack, size: Size) -> list[Figure]:
    """(e) From the commit of a step to those who watch its execution."""
    heard = [
        watch(stack, events_per_second=size.events_per_second, watchers=size.watchers, seconds=size.watched_seconds)
        for _ in range(max(1, size.rounds // 3))
    ]
    lost = sum(one.lost for one in heard)
    p99 = Spread(tuple(one.p99 for one in heard))
    what = f"a step committed → a WebSocket client, {size.events_per_second:.0f} events/s × {size.watchers} watchers"
    return [
        Figure(what=f"{what}: median", unit="ms", ours=Spread(tuple(one.median for one in heard))),
        Figure(
            what=f"the same: p99, with {lost} events lost",
            unit="ms",
            ours=p99,
            target="≤ 20 ms, none lost",
            is_met=p99.median <= 20 and not lost,
        ),
    ]


def long_history(stack: Stack, size: Size) -> list[Figure]:
    """(f) The list of executions over a long history, under each kind of filter, and the analytics of it."""
    took = history.seed(stack, size.history)
    of_all = f"{size.history:,} executions"
    filters = _timed(stack, size, history.list_addresses(stack))
    questions = _timed(stack, size, history.analytics_addresses(stack))
    lines = [_listed(f"executions list, {of_all}: {name}", *found) for name, found in filters.items()]
    lines += [
        _answered(f"analytics, {history.DAYS} days of {of_all}: {name}", *found, history.QUESTIONS[name].target_ms)
        for name, found in questions.items()
    ]
    return [Figure(what=f"making up {of_all} and summing them up", unit="s", ours=Spread((took,))), *lines]


def _timed(stack: Stack, size: Size, addresses: Mapping[str, str]) -> dict[str, tuple[float, Spread]]:
    """Of each address, what PostgreSQL worked and the whole request, in ms."""
    times = size.rounds + 5
    busy = history.in_database(stack, list(addresses.values()), times=times)
    heard = history.over_http(stack, list(addresses.values()), times=times)
    return {
        name: (database * MILLI, Spread(tuple(value * MILLI for value in whole.values)))
        for name, database, whole in zip(addresses, busy, heard, strict=True)
    }


def _listed(what: str, database: float, whole: Spread) -> Figure:
    return Figure(
        what=what,
        unit="ms",
        ours=whole,
        against="of which PostgreSQL worked",
        theirs=f"{database:.2f} ms",
        target="≤ 40 ms, ≤ 2 ms",
        is_met=whole.median <= 40 and database <= 2,
    )


def _answered(what: str, database: float, whole: Spread, target: int | None) -> Figure:
    """The target is PostgreSQL's, as the figures are that it was set by."""
    return Figure(
        what=what,
        unit="ms",
        ours=whole,
        against="of which PostgreSQL worked",
        theirs=f"{database:.2f} ms",
        target=f"≤ {target} ms in PostgreSQL" if target else "",
        is_met=database <= target if target else None,
    )


def footprint(size: Size) -> list[Figure]:
    """(d) The whole embedded stack with the demo shop: how soon it is ready, what it and what the shop weigh idle."""
    first: list[float] = []
    following: list[float] = []
    weights: list[tuple[float, float]] = []
    for _ in range(max(1, size.rounds // 5)):
        with fresh() as folder:
            with started(folder / "home", shop=True) as stack:
                first.append(stack.ready_seconds)
            with started(folder / "home", shop=True) as stack:
                following.append(stack.ready_seconds)
                time.sleep(size.settle_seconds)
                weights.append(megabytes(stack))
    again = Spread(tuple(following))
    memory, of_shop = (Spread(values) for values in zip(*weights, strict=True))
    return [
        Figure(what="first start, until ready", unit="s", ours=Spread(tuple(first))),
        Figure(what="next start", unit="s", ours=again, target="≤ 5 s", is_met=again.median <= 5),
        Figure(
            what="memory of all processes, idle", unit="MB", ours=memory, target="≤ 400 MB", is_met=memory.median <= 400
        ),
        Figure(what="memory of the demo shop beside it", unit="MB", ours=of_shop),
    ]


@contextmanager
def _dbos(stack: Stack, size: Size) -> Iterator[Dbos | str]:
    """DBOS, or why there is none."""
    with ExitStack() as held:
        try:
            found: Dbos | str = held.enter_context(running_dbos(stack, steps=size.steps))
        except NotToBeHad as exc:
            found = str(exc)
        yield found


def _with_dbos(
    size: Size, ours: Callable[[], float], dbos: Dbos | str, theirs: Callable[[Dbos], float]
) -> Mapping[str, Spread]:
    contenders: dict[str, Callable[[], float]] = {"ours": ours}
    if not isinstance(dbos, str):
        contenders["theirs"] = lambda: theirs(dbos)
    return in_rounds(size.rounds, contenders, warm_up=size.warm_up)


def _spread(seconds: Sequence[float], size: Size, factor: float = MILLI) -> Spread:
    return Spread(tuple(value * factor for value in seconds[-size.rounds :]))


def _added(ours: Spread, name: str, theirs: Spread | str) -> Figure:
    return Figure(
        what="a 10-step HTTP flow: added per step beyond the server's time",
        unit="ms",
        ours=ours,
        against=name,
        theirs=theirs,
        target="≤ 2 ms",
        is_met=ours.median <= 2,
    )


def _total(ours: Spread, name: str, theirs: Spread | str) -> Figure:
    return Figure(
        what="the same, the whole command on a warm server",
        unit="s",
        ours=ours,
        against=name,
        theirs=theirs,
        target="≤ 0.5 s",
        is_met=ours.median <= 0.5,
    )


def due(stack: Stack, size: Size) -> list[Figure]:
    """(f) Many schedules due in the same second. A round in which one starts twice or never is an error, no figure."""
    with closing(Due(stack, size.schedules)) as schedules:
        found = Spread(tuple(schedules.round() for _ in range(min(size.rounds, 5))))
    return [
        Figure(
            what=f"{size.schedules} schedules due in the same second, each once: until the last has started",
            unit="s",
            ours=found,
            target="≤ 5 s",
            is_met=found.median <= 5,
        )
    ]


def all_of(home: Path, size: Size, say: Callable[[str], None]) -> tuple[str, list[Figure]]:
    """Every measurement on one stack, then the stack itself; and the machine they were made on."""
    from bench.machine import describe

    figures: list[Figure] = []
    with started(home) as stack:
        machine = describe(stack)
        for name, measure in (
            ("hops", hops),
            ("flows", flows),
            ("http", http),
            ("live events", live),
            ("schedules", due),
        ):
            say(f"Measuring {name} …")
            figures += measure(stack, size)
    if size.history:
        say(f"Making up {size.history:,} executions, and measuring the list and the analytics of them …")
        with started(home.with_name("history")) as stack:
            figures += long_history(stack, size)
    say("Measuring start and memory …")
    return machine, figures + footprint(size)
