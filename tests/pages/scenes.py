"""
Runs that show everything the pages can draw, against the demo shop of the environment `demo`.

Each kind of ending is there once: passed, failed after retries, half an answer, timed out, cancelled, running, parked.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.front_door import Api, Lab, key
from tests.running_stack import Stack

FLOWS = Path(__file__).with_name("flows")


@dataclass
class Scenes:
    """Starts each scene and knows its number."""

    api: Api
    stack: Stack
    held: str = field(default_factory=key)  # what the running one waits for
    numbers: dict[str, int] = field(default_factory=dict)

    def play(self) -> None:
        """Every scene once, at the same time where one does not build on another."""
        for number in range(3):
            self.start(f"passed {number}", "checkout", KEY=key())
        self.wait_for_all()
        trouble = key()
        self.break_orders(trouble)
        self.start("failed", "checkout", KEY=trouble, WANTED="authorised")
        self.start("protocols", "price_rules")
        self.start("half", "half")
        self.start("timed out", "timed_out")
        self.start("cancelled", "held", KEY=self.held)
        self.wait_for_step("cancelled", "steps/order_shipped", "running")
        self.api.cancel(self.numbers["cancelled"])
        self.wait_for_all()
        again = {"mode": "as_it_was"}
        self.numbers["again"] = self.api.ok("POST", f"/executions/{self.numbers['failed']}/rerun", json=again)["id"]
        self.start("passed", "checkout", KEY=key())
        self.wait_for_all()
        self.start("running", "held", KEY=self.held)
        self.start("parked", "parked")
        self.wait_for_step("running", "steps/order_shipped", "running")
        self.wait_for_step("parked", "steps/ask", "retrying")

    def start(self, name: str, flow: str, **variables: Any) -> int:
        text = (FLOWS / f"{flow}.yaml").read_text(encoding="utf-8")
        self.numbers[name] = self.api.start(text, variables=variables, environment="demo")
        return self.numbers[name]

    def wait_for_all(self) -> None:
        for number in self.numbers.values():
            self.api.wait(number)

    def wait_for_step(self, name: str, path: str, state: str) -> None:
        self.api.wait_for(self.numbers[name], lambda record: record.fates.get(path) == state, f"{path} is {state}")

    def break_orders(self, text: str) -> None:
        """Twice the shop answers 503 to whoever carries this key."""
        fault = {"part": "orders", "kind": "status", "status": 503, "count": 2, "key": text, "for_seconds": 300}
        httpx.put(f"{self.stack.shop['SHOP_URL']}/faults/{text}", json=fault).raise_for_status()

    def end(self) -> None:
        """Let go what still runs, so that no worker is held."""
        lab = Lab(self.stack.shop["SHOP_URL"])
        lab.release(self.held)
        lab.close()
        with suppress(AssertionError):  # in a long session its retries are over by now
            self.api.cancel(self.numbers["parked"])
