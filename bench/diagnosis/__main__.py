"""`python -m bench.diagnosis`: make every fault, ask for the diagnosis, print how often it is right.

`--write` puts the table into bench/README.md; `--record` keeps the evidence in bench/diagnosis/recorded for the tests.
"""

import argparse
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.diagnosis.cases import Case, all_cases
from bench.diagnosis.playing import Play
from bench.diagnosis.recorded import record
from bench.diagnosis.scoring import outcome_of
from bench.diagnosis.telling import line, table
from bench.diagnosis.world import World, open_world
from bench.history import settings_of
from bench.machine import describe
from bench.stack import fresh
from bench.tables import write
from flows.language import jsontext

AT_ONCE = 4  # cases whose history is run at the same time; the faults are made one after another


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.diagnosis", description=__doc__)
    parser.add_argument("--only", metavar="IDS", help="these cases, separated by commas")
    parser.add_argument("--tuning", action="store_true", help="leave out what is held out")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    parser.add_argument("--record", action="store_true", help="keep the evidence for the tests")
    wanted = parser.parse_args()
    cases = [one for one in all_cases() if not (wanted.tuning and one.held_out)]
    if wanted.only:
        cases = [one for one in cases if one.id in wanted.only.split(",")]
    with fresh() as folder, open_world(folder) as world:
        machine = describe(world.stack)
        told = _play(world, cases)
        if wanted.record:
            record([case for case in cases if case.id in told], told, world)
    outcomes = [outcome_of(case, told[case.id]["pack"]) for case in cases if case.id in told]
    for one in outcomes:
        print(line(one))
    text = f"{machine}, when it ended {os.getloadavg()[0]:.1f}\n\n{table(outcomes)}"
    print(f"\n{text}")
    if wanted.write:
        write("diagnosis", text)
    return 0 if len(outcomes) == len(cases) else 1


def _play(world: World, cases: Sequence[Case]) -> dict[str, Any]:
    """Case id → facts and pack of its failure. A case that cannot be played is told, and left out."""
    plays = [Play(world, case) for case in cases]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        ready = [play for play, is_ready in zip(plays, pool.map(_prepared, plays), strict=True) if is_ready]
    failed: dict[str, int] = {}
    for play in ready:
        try:
            failed[play.case.id] = play.fail()
        except Exception:  # noqa: BLE001 - one that cannot be played must not cost the others
            _say(f"{play.case.id} could not be made to fail:\n{traceback.format_exc()}")
    return dict(zip(failed, _read(world, list(failed.values())), strict=True))


def _prepared(play: Play) -> bool:
    try:
        play.prepare()
    except Exception:  # noqa: BLE001 - as above
        _say(f"{play.case.id} could not be prepared:\n{traceback.format_exc()}")
        return False
    return True


def _read(world: World, numbers: Sequence[int]) -> list[Mapping[str, Any]]:
    asked = subprocess.run(
        [sys.executable, "-m", "bench.diagnosis.reading"],
        check=True,
        input="\n".join(map(str, numbers)),
        stdout=subprocess.PIPE,
        text=True,
        env=settings_of(world.stack),
    )
    return [jsontext.loads(one) for one in asked.stdout.splitlines()]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
