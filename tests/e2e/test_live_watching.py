"""Who watches a run through its socket alone ends with exactly the final state, whatever happened on the way."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.e2e.front_door import FINAL, Api, Lab, flow, http
from tests.running_stack import Stack

pytestmark = pytest.mark.stack


@dataclass
class Page:
    """What a browser knows: a snapshot, patched by events; when its socket breaks it opens another."""

    stack: Stack
    number: int
    seq: int = 0
    status: str = ""
    steps: dict[str, str] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)

    async def watch_to_the_end(self, reached: Callable[["Page"], None]) -> None:
        async with asyncio.timeout(60):
            while self.status not in FINAL:
                try:
                    await self._watch(reached)
                except (ConnectionClosed, InvalidHandshake, OSError):
                    await asyncio.sleep(0.1)

    async def _watch(self, reached: Callable[["Page"], None]) -> None:
        since = f"?since={self.seq}" if self.seq else ""
        url = f"{self.stack.url.replace('http', 'ws')}/ws/executions/{self.number}/{since}"
        async with connect(url, additional_headers={"Authorization": f"Bearer {self.stack.token}"}) as socket:
            while self.status not in FINAL:
                for message in json.loads(await socket.recv()):
                    self._take(message)
                reached(self)

    def _take(self, message: dict[str, Any]) -> None:
        kind, data = message["type"], message["data"]
        self.kinds.append(kind)
        if kind == "snapshot":
            self.status = data["execution"]["status"]
            self.steps = {step["path"]: step["status"] for step in data["steps"]}
        elif kind != "ping":
            assert message["seq"] == self.seq + 1, f"{message} after event {self.seq}"
            if kind == "execution.finished":
                self.status = data["status"]
            elif "path" in data:
                self.steps[data["path"]] = data["status"]
        self.seq = message["seq"]


def steps_of_half_a_second(lab: Lab, many: int) -> str:
    return flow("Watched", *(http(f"wait{n}", "GET", f"{lab.url}/lab/slow?seconds=0.5") for n in range(many)))


def watch(stack: Stack, api: Api, text: str, *, hardship: Callable[[], object] | None = None) -> Page:
    """Start a flow and watch it; the hardship comes over it when two steps have passed."""
    page = Page(stack, api.start(text))

    async def story() -> None:
        hardships: list[asyncio.Task[object]] = []

        def reached(page: Page) -> None:
            if hardship is not None and not hardships and list(page.steps.values()).count("passed") >= 2:
                hardships.append(asyncio.create_task(asyncio.to_thread(hardship)))

        await page.watch_to_the_end(reached)
        await asyncio.gather(*hardships)
        assert hardship is None or hardships

    asyncio.run(story())
    record = api.wait(page.number)
    assert (page.status, page.steps) == (record.status, record.fates)
    assert page.seq == record.execution["event_number"]
    return page


def test_every_event_of_a_run_arrives(stack: Stack, api: Api, lab: Lab) -> None:
    page = watch(stack, api, steps_of_half_a_second(lab, 3))
    assert page.status == "passed"
    assert page.kinds.count("step.finished") == 3
    assert page.kinds.count("snapshot") == 1


def test_valkey_is_killed_while_somebody_watches(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    page = watch(
        rough_stack,
        rough,
        steps_of_half_a_second(rough_lab, 6),
        hardship=lambda: rough_stack.kill_and_wait("valkey"),
    )
    assert page.status == "passed"


def test_the_web_process_is_killed_while_somebody_watches(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    page = watch(
        rough_stack, rough, steps_of_half_a_second(rough_lab, 6), hardship=lambda: rough_stack.kill_and_wait("web")
    )
    assert page.status == "passed"
    assert page.kinds.count("snapshot") >= 1
