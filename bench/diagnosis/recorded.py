"""The evidence of each case as it was gathered, so that the rules can be scored without making the faults again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from analytics.diagnosis.drift import Difference
from analytics.diagnosis.evidence import Facts
from analytics.diagnosis.hours import Skew
from bench.diagnosis.cases import Case, all_cases
from bench.diagnosis.world import World
from flows.language import jsontext

FOLDER: Final = Path(__file__).with_name("recorded")


def record(cases: Sequence[Case], told: Mapping[str, Mapping[str, Any]], world: World) -> None:
    """One file for each case; folders of this machine are not in it."""
    FOLDER.mkdir(exist_ok=True)
    for case in cases:
        pack = {name: value for name, value in told[case.id]["pack"].items() if name != "seen"}
        text = jsontext.dumps({"facts": told[case.id]["facts"], "pack": pack}).replace(str(world.stack.home), "/home")
        (FOLDER / f"{case.id}.json").write_text(_by_lines(jsontext.loads(text)), "utf-8")


def recorded() -> Iterator[tuple[Case, Facts, Mapping[str, Any]]]:
    """Case, facts, and the pack as it was."""
    for case in all_cases():
        kept = jsontext.loads((FOLDER / f"{case.id}.json").read_text("utf-8"))
        yield case, facts_from(kept["facts"]), kept["pack"]


def facts_from(kept: Mapping[str, Any]) -> Facts:
    known = {one.name for one in fields(Facts)}
    values = {name: value for name, value in kept.items() if name in known}
    for name in ("inputs", "shapes", "source_shapes"):
        values[name] = [Difference(**one) for one in values.get(name, ())]
    if values.get("hours") is not None:
        values["hours"] = Skew(**values["hours"])
    return Facts(**values)


def _by_lines(kept: Mapping[str, Any]) -> str:
    """A line for each fact and each piece of evidence, so that a change of one can be read."""
    facts = ",\n".join(f"  {jsontext.dumps(name)}: {jsontext.dumps(value)}" for name, value in kept["facts"].items())
    pack = ",\n".join(f"  {jsontext.dumps(name)}: {_lines(value)}" for name, value in kept["pack"].items())
    return f'{{"facts": {{\n{facts}\n}},\n"pack": {{\n{pack}\n}}}}\n'


def _lines(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return jsontext.dumps(value)
    return "[\n" + ",\n".join(f"    {jsontext.dumps(one)}" for one in value) + "\n  ]"
