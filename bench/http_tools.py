"""The same ten requests, each with its status and body checked, as Stepwell, Tavern and Step CI write them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.install import NotToBeHad, node_peer, python_peer
from bench.stack import Stack
from bench.target import STEPS, Target


@dataclass
class Tool:
    """A command that makes the ten requests. `totals` and `added` are seconds, a pair for each run."""

    name: str
    words: Sequence[str]
    target: Target
    environment: Mapping[str, str] = field(default_factory=dict)
    totals: list[float] = field(default_factory=list)
    added: list[float] = field(default_factory=list)

    def run(self) -> float:
        """Seconds in all. Raises CalledProcessError when the tool says that the flow did not pass."""
        began = time.perf_counter()
        subprocess.run(self.words, check=True, capture_output=True, timeout=60, env={**os.environ, **self.environment})
        self.totals.append(time.perf_counter() - began)
        self.added.append(self.target.added_per_step())
        return self.totals[-1]


def stepwell(folder: Path, target: Target, stack: Stack) -> Tool:
    lines = ["flow:", "  name: Ten requests", "  steps:"]
    for number in range(STEPS):
        lines += [
            f"    - id: s{number}",
            "      action: http_request",
            f"      config: {{url: '{target.url}/items/{number}'}}",
            f"      assert: [status == 200, body.id == {number}]",
        ]
    path = _write(folder / "ten.yaml", lines)
    environment = {"STEPWELL_URL": stack.url, "STEPWELL_TOKEN": stack.token, "STEPWELL_HOME": str(stack.home)}
    return Tool("Stepwell", [sys.executable, "-m", "cli.main", "run", path], target, environment)


def tavern(folder: Path, target: Target) -> Tool:
    lines = ["test_name: Ten requests", "stages:"]
    for number in range(STEPS):
        lines += [
            f"  - name: s{number}",
            f"    request: {{url: '{target.url}/items/{number}', method: GET}}",
            f"    response: {{status_code: 200, json: {{id: {number}}}}}",
        ]
    path = _write(folder / "test_ten.tavern.yaml", lines)
    python = str(python_peer("tavern") / "python")
    return Tool("Tavern", [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", path], target)


def step_ci(folder: Path, target: Target) -> Tool:
    lines = ["version: '1.1'", "name: Ten requests", "tests:", "  ten:", "    steps:"]
    for number in range(STEPS):
        lines += [
            f"      - name: s{number}",
            "        http:",
            f"          url: {target.url}/items/{number}",
            "          method: GET",
            f"          check: {{status: 200, jsonpath: {{$.id: {number}}}}}",
        ]
    path = _write(folder / "stepci.yaml", lines)
    program = str(node_peer("stepci") / "stepci")
    return Tool("Step CI", [program, "run", path], target, {"STEPCI_DISABLE_ANALYTICS": "1"})


def peers(folder: Path, target: Target) -> tuple[list[Tool], dict[str, str]]:
    """Those that can be had, and why the others cannot."""
    found: list[Tool] = []
    missing: dict[str, str] = {}
    makers: Mapping[str, Callable[[Path, Target], Tool]] = {"Tavern": tavern, "Step CI": step_ci}
    for name, make in makers.items():
        try:
            found.append(make(folder, target))
        except NotToBeHad as exc:
            missing[name] = str(exc)
    return found, missing


def _write(path: Path, lines: Sequence[str]) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)
