"""The steps of a flow by address, what follows what, and what is read later.

Addresses: `setup/create_user`, `steps/pay`, `teardown/x`, nested `steps/pay/error_steps/notify`. Steps inside a loop or
a branch have the turn in it: `steps/each_user[2]/update`; their **key** is the address without turns.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flows.language.actions import SPECS
from flows.language.actions.base import ActionSpec
from flows.language.spec import SECTIONS, FlowSpec, StepSpec
from flows.language.texts import asserted_names, names_in, read_names, retry_texts

ERROR_STEPS = "error_steps"
BRANCH = "branch_"  # the groups of `parallel`: branch_0, branch_1 …

_TURN = re.compile(r"\[\d+\]")


@dataclass(frozen=True, eq=False)
class PlannedStep:
    """One step and its place. `path` has no turns: it is the address of the step in the document."""

    path: str
    section: str
    parent: str | None  # path of the step it is nested in
    container: str | None  # path of the innermost step whose action runs it; error steps are in that of their step
    sequence: str  # path of the list it stands in: `steps`, `steps/pay/error_steps`
    index_in_sequence: int
    position: int  # in document order over the whole flow, nested steps included
    step: StepSpec
    spec: ActionSpec
    reads: frozenset[str]  # the root names its texts read, its own result's keys among them

    @property
    def key(self) -> str:
        """The address without turns, which is the same for every run of the step."""
        return self.path

    @property
    def is_container(self) -> bool:
        """Whether its action runs steps inside it."""
        return bool(self.spec.step_keys)

    @property
    def is_forgiven(self) -> bool:
        """Whether its failure is none of what it is part of."""
        return self.step.soft and self.step.on_error == "continue"

    @property
    def is_error_step(self) -> bool:
        """Whether it stands in the `error_steps` of its parent."""
        return self.parent is not None and self.sequence == _sequence_address(self.parent, ERROR_STEPS)

    @cached_property
    def asserted_names(self) -> frozenset[str]:
        """The root names its assertions read; of a JSONPath, the key it begins with."""
        return asserted_names(self.step)


class Plan:
    """One flow, ready to be walked. Immutable; made once per flow version and shared by threads."""

    def __init__(self, flow: FlowSpec, *, files: Mapping[str, str] | None = None) -> None:
        self.flow = flow
        self.files: Mapping[str, str] = files or {}  # what came with the flow, by the names it gives them
        self._sequences: dict[str, tuple[PlannedStep, ...]] = {}
        self._by_key: dict[str, PlannedStep] = {}
        self._position = 0
        self._retry_reads = names_in(retry_texts(flow.config.retry, ())) if flow.config.retry else frozenset()
        for section in SECTIONS:
            self._add_sequence(flow.section(section), address=section, section=section, parent=None, container=None)

    @property
    def steps_total(self) -> int:
        """Top-level steps: setup, steps and teardown."""
        return sum(len(self.section(name)) for name in SECTIONS)

    @property
    def all(self) -> tuple[PlannedStep, ...]:
        """Every step, nested ones included, in document order."""
        return tuple(self._by_key.values())

    def section(self, name: str) -> tuple[PlannedStep, ...]:
        """The top-level steps of `setup`, `steps` or `teardown`."""
        return self._sequences.get(name, ())

    def at(self, path: str) -> PlannedStep:
        """The step with this address, turns or not. Raises KeyError."""
        return self._by_key[key_of(path)]

    def next_sibling(self, path: str) -> PlannedStep | None:
        """The step after it in its own list."""
        here = self.at(path)
        sequence = self._sequences[here.sequence]
        following = here.index_in_sequence + 1
        return sequence[following] if following < len(sequence) else None

    def children(self, path: str, group: str) -> tuple[PlannedStep, ...]:
        """The steps nested in it: `error_steps`, or a config key of its action such as `steps`, `then`."""
        return self._sequences.get(_sequence_address(key_of(path), group), ())

    def firsts(self, path: str) -> tuple[PlannedStep, ...]:
        """The first step of each branch of a container, or the one with which each of its turns begins."""
        here = self.at(path)
        return tuple(self.children(here.path, group)[0] for group, steps in here.step.children.items() if steps)

    def forgiven_inside(self, path: str) -> tuple[str, ...]:
        """The keys of the steps right inside a container whose failure is none of it."""
        here = self.at(path)
        groups = (self.children(here.path, group) for group in here.step.children)
        return tuple(step.key for steps in groups for step in steps if step.is_forgiven)

    def enclosing(self, path: str) -> Iterator[PlannedStep]:
        """The containers around a step, from the inside out."""
        here = self.at(path)
        while here.container is not None:
            here = self._by_key[here.container]
            yield here

    @cached_property
    def reads_fates(self) -> bool:
        """Whether any step reads `steps.NAME.status`."""
        return any("steps" in planned.reads for planned in self._by_key.values())

    def reads_after(self, path: str) -> frozenset[str]:
        """Every root name that a step which may still run once `path` has begun can read.

        Itself (a retry), what follows in the document, and for a step inside a loop the whole loop.
        """
        start = self._earliest_after(self.at(path))
        return self._reads_from(start)

    def _earliest_after(self, here: PlannedStep) -> int:
        """The lowest position that may still run: an enclosing control-flow step may come round to its first child."""
        earliest = here.position
        while here.parent is not None:
            parent = self._by_key[here.parent]
            if not here.is_error_step:
                earliest = parent.position
            here = parent
        return earliest

    def _reads_from(self, position: int) -> frozenset[str]:
        found = self._after.get(position)
        if found is None:
            found = frozenset(name for name, last in self._last_read.items() if last >= position)
            self._after[position] = found
        return found

    @cached_property
    def _after(self) -> dict[int, frozenset[str]]:
        return {}

    @cached_property
    def _last_read(self) -> dict[str, int]:
        """Root name -> position of the last step that reads it."""
        return {name: planned.position for planned in self._by_key.values() for name in planned.reads}

    def _add_sequence(
        self, steps: Iterable[StepSpec], *, address: str, section: str, parent: str | None, container: str | None
    ) -> None:
        planned: list[PlannedStep] = []
        for index, step in enumerate(steps):
            here = PlannedStep(
                path=f"{_without_hidden_group(address)}/{step.id}",
                section=section,
                parent=parent,
                container=container,
                sequence=address,
                index_in_sequence=index,
                position=self._position,
                step=step,
                spec=SPECS[step.action],
                reads=read_names(step) | (frozenset() if step.retry else self._retry_reads),
            )
            self._position += 1
            self._by_key[here.path] = here
            planned.append(here)
            for group, nested in _groups(step):
                self._add_sequence(
                    nested,
                    address=_sequence_address(here.path, group),
                    section=section,
                    parent=here.path,
                    container=container if group == ERROR_STEPS else here.path,
                )
        self._sequences[address] = tuple(planned)


def key_of(path: str) -> str:
    """An address without turns: `steps/each_user[2]/update` → `steps/each_user/update`."""
    return _TURN.sub("", path) if "[" in path else path


def turn_of(path: str) -> str:
    """The innermost turn a path is in: `steps/a[1]/b[2]/c` → `steps/a[1]/b[2]`; empty outside of all."""
    return path[: path.rfind("]") + 1]


def turns_of(path: str) -> tuple[str, ...]:
    """Every turn a path is in, from the outside in, and before them the one outside of all, which is empty."""
    return ("", *(path[: found.end()] for found in _TURN.finditer(path)))


def located(key: str, near: str) -> str:
    """The address of the step `key` in the same turns as the step at `near`."""
    turn = turn_of(near)
    return turn + key[len(key_of(turn)) :]


def in_turn(container: str, turn: int | None, key: str) -> str:
    """The address of the step `key` in a turn of the container at the address `container`; None: it has but one."""
    return container + ("" if turn is None else f"[{turn}]") + key[len(key_of(container)) :]


def _groups(step: StepSpec) -> Iterator[tuple[str, list[StepSpec]]]:
    yield from step.children.items()
    if step.error_steps:
        yield ERROR_STEPS, step.error_steps


def _sequence_address(path: str, group: str) -> str:
    return f"{path}/:{group}" if group == "steps" or group.startswith(BRANCH) else f"{path}/{group}"


def _without_hidden_group(address: str) -> str:
    """The children of a loop or a branch stand right under it: its `steps` is no part of their address."""
    return address.partition("/:")[0] if "/:" in address else address
