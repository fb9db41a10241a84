"""`python -m bench`: measure everything and print the table; with `--write`, put it into bench/README.md."""

import argparse
import os
import sys

from bench.measurements import Size, all_of
from bench.stack import fresh
from bench.tables import table, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="how often each contender is measured")
    parser.add_argument("--history", type=int, default=100_000, help="executions of the long history; 0: none")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    wanted = parser.parse_args()
    with fresh() as folder:
        machine, figures = all_of(folder / "home", Size(rounds=wanted.rounds, history=wanted.history), say=_say)
    text = f"{machine}, when it ended {os.getloadavg()[0]:.1f} · {wanted.rounds} rounds\n\n{table(figures)}"
    print(text)
    if wanted.write:
        write("measured", text)
    else:
        _say("`python -m bench --write` puts the table into bench/README.md.")
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
