"""What axe finds on the pages of a run and of the list: nothing serious and nothing critical, light or dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.pages.scenes import Scenes

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}


def faults(page: Page) -> list[str]:
    """Put in by the debugger, so that the policy of the pages stays as it is."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list(page: Page, scenes: Scenes, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto("/executions")
    expect(page.locator("[data-execution]").first).to_be_visible()
    page.locator("[data-execution] input").first.check()
    assert faults(page) == []


@pytest.mark.parametrize(
    ("scene", "query"),
    [
        ("failed", ""),
        ("failed", "?step=steps/place_order&tab=response"),
        ("failed", "?step=steps/place_order&tab=attempts"),
        ("passed", "?step=steps/order_placed"),
        ("passed", "?step=steps/seed_catalogue"),
        ("running", ""),
    ],
)
def test_a_run(page: Page, scenes: Scenes, scene: str, query: str) -> None:
    page.goto(f"/executions/{scenes.numbers[scene]}{query}")
    expect(page.get_by_role("tabpanel")).to_have_attribute("data-loaded", "true")
    assert faults(page) == []
