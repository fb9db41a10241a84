"""Every page on real runs, kept as pictures: wide and phone, light and dark. STEPWELL_PICTURES names their folder.

Unless somebody wants the pictures, a few of them are enough to know that they can be made.
"""

import os

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import picture
from tests.pages.scenes import Scenes

ALL = "STEPWELL_PICTURES" in os.environ
KINDS = ["passed", "failed", "running", "parked", "half", "timed out", "cancelled", "protocols"]
STEPS = [("passed", "seed_catalogue"), ("passed", "read_prices"), ("passed", "recommend"), ("passed", "order_placed")]
STEPS += [("failed", "apply_voucher"), ("failed", "order_row"), ("protocols", "told")]
TABS = ["response", "assertions", "variables", "attempts", "raw"]


def open_step(page: Page, number: int, query: str = "") -> None:
    page.goto(f"/executions/{number}{query}")
    expect(page.get_by_role("tabpanel")).to_have_attribute("data-loaded", "true")


def test_the_list(page: Page, scenes: Scenes) -> None:
    page.goto("/executions")
    expect(page.locator("[data-execution]").first).to_be_visible()
    picture(page, "list")
    page.goto("/executions?q=error:nothing-like-it")
    expect(page.get_by_text("No run matches")).to_be_visible()
    picture(page, "list-empty")


@pytest.mark.parametrize("scene", KINDS if ALL else KINDS[:4])
def test_a_run(page: Page, scenes: Scenes, scene: str) -> None:
    open_step(page, scenes.numbers[scene])
    picture(page, f"detail-{scene.replace(' ', '-')}")


@pytest.mark.parametrize(("scene", "step"), STEPS if ALL else STEPS[:1])
def test_a_step(page: Page, scenes: Scenes, scene: str, step: str) -> None:
    open_step(page, scenes.numbers[scene], f"?step=steps/{step}")
    picture(page, f"step-{step.replace('_', '-')}")


@pytest.mark.parametrize("tab", TABS if ALL else TABS[:1])
def test_a_tab(page: Page, scenes: Scenes, tab: str) -> None:
    open_step(page, scenes.numbers["failed"], f"?step=steps/place_order&tab={tab}")
    picture(page, f"tab-{tab}")
