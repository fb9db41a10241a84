"""Which variables a step sees in any tree of loops, branches and conditions, against a model that anybody can read."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from executions.status import Status
from tests.workers.in_process import Broker, Machine, Message

Step = dict[str, Any]

CAPTURED = ("a", "b")
ITEMS = ("x", "y")
LOOK = " ".join(f'{name}=${{{name} ?? "-"}}' for name in CAPTURED + ITEMS)
DEEPEST = 3


def look() -> Step:
    return {"action": "log", "config": {"message": LOOK}}


def capture(name: str) -> Step:
    """A value that tells who captured it, and in which turns of loops."""
    return {"action": "set", "config": {name: "ID x=${x ?? '-'} y=${y ?? '-'}".replace("'", '"')}}


def lists(depth: int) -> st.SearchStrategy[list[Step]]:
    """Steps that follow each other; the last of them looks at what they left."""
    return st.lists(steps(depth), min_size=1, max_size=2).map(lambda some: [*some, look()])


def steps(depth: int) -> st.SearchStrategy[Step]:
    leaf = st.sampled_from([look(), *map(capture, CAPTURED)])
    if depth == 0:
        return leaf
    inside = lists(depth - 1)
    loops = st.fixed_dictionaries(
        {
            "items": st.lists(st.integers(0, 99), max_size=3),
            "item_name": st.sampled_from(ITEMS),
            "max_parallel": st.sampled_from([1, 2, 3]),
            "steps": inside,
        }
    )
    branches = st.fixed_dictionaries({"branches": st.lists(inside, min_size=2, max_size=3)})
    choices = st.fixed_dictionaries(
        {"condition": st.sampled_from(["1 == 1", "1 == 2"]), "then": inside, "else": inside}
    )
    return st.one_of(
        leaf,
        loops.map(lambda config: {"action": "for_each", "config": config}),
        branches.map(lambda config: {"action": "parallel", "config": config}),
        choices.map(lambda config: {"action": "condition", "config": config}),
    )


def named(some: list[Step], prefix: str = "s") -> list[Step]:
    """The same steps, each with an id of its own."""
    return [_named(step, f"{prefix}{number}") for number, step in enumerate(some)]


def _named(step: Step, own: str) -> Step:
    config = dict(step["config"])
    if step["action"] == "set":
        config = {name: value.replace("ID", own) for name, value in config.items()}
    for key in {"steps", "then", "else"} & config.keys():
        config[key] = named(config[key], f"{own}{key[0]}")
    if "branches" in config:
        config["branches"] = [named(one, f"{own}b{place}_") for place, one in enumerate(config["branches"])]
    return {"id": own, "action": step["action"], "config": config}


@dataclass
class Model:
    """One thing after the other, with nothing but dictionaries."""

    seen: dict[str, str] = field(default_factory=dict)  # by address: what a look saw
    results: dict[str, list[dict[str, str]]] = field(default_factory=dict)  # by address: what each turn captured
    paths: list[str] = field(default_factory=list)

    def run(self, some: list[Step], around: dict[str, Any], before: str) -> dict[str, str]:
        """What these steps captured, and leave to whoever comes after them."""
        mine: dict[str, str] = {}
        for step in some:
            path, visible = f"{before}/{step['id']}", {**around, **mine}
            self.paths.append(path)
            mine |= self._step(step, visible, path)
        return mine

    def _step(self, step: Step, visible: dict[str, Any], path: str) -> dict[str, str]:
        config, action = step["config"], step["action"]
        if action == "log":
            self.seen[path] = " ".join(f"{name}={visible.get(name, '-')}" for name in CAPTURED + ITEMS)
            return {}
        if action == "set":
            turns = f"x={visible.get('x', '-')} y={visible.get('y', '-')}"
            return dict.fromkeys(config, f"{step['id']} {turns}")
        if action == "condition":
            chosen = "then" if config["condition"] == "1 == 1" else "else"
            return self.run(config[chosen], visible, f"{path}/{chosen}")
        if action == "for_each":
            turns_ = [
                self.run(config["steps"], {**visible, config["item_name"]: item}, f"{path}[{number}]")
                for number, item in enumerate(config["items"])
            ]
            self.results[path] = turns_
            return turns_[-1] if turns_ else {}
        branches = [self.run(one, visible, f"{path}[{number}]") for number, one in enumerate(config["branches"])]
        self.results[path] = branches
        return {name: value for captured in branches for name, value in captured.items()}


class Shuffled(Broker):
    """Gives any of the messages that wait, as several workers would take them."""

    def __init__(self, order: Random) -> None:
        super().__init__()
        self._order = order

    def take(self) -> Message | None:
        if self.messages:
            self.messages.rotate(self._order.randrange(len(self.messages)))
        return super().take()


@settings(
    max_examples=15,
    phases=[Phase.generate],  # a tree that fails is told as it is: making it smaller takes longer than a test may
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(tree=lists(DEEPEST).map(named), is_split=st.booleans(), seed=st.integers(0, 999))
def test_a_step_sees_what_the_model_sees(engine: Machine, tree: list[Step], is_split: bool, seed: int) -> None:
    model = Model()
    model.run(tree, {}, "steps")
    engine.engine.is_stopping = (
        is_split  # each step is then another message, and reads all that it knows from the record
    )
    shuffled = Shuffled(Random(seed))
    engine.broker.take = shuffled.take  # type: ignore[method-assign]
    shuffled.messages = engine.broker.messages
    ran = engine.run(json.dumps({"flow": {"name": "A tree", "steps": tree}}))
    assert ran.status == Status.PASSED, {run.path: run.message for run in ran.execution.step_runs.all()}
    paths = list(ran.execution.step_runs.values_list("path", flat=True))
    assert sorted(paths) == sorted(model.paths)
    assert {path: ran.result(path)["message"] for path in model.seen} == model.seen
    results = {path: ran.result(path)["results"] for path in model.results}
    assert {path: [turn["outputs"] for turn in turns] for path, turns in results.items()} == model.results
    assert all([turn["number"] for turn in turns] == list(range(len(turns))) for turns in results.values())
