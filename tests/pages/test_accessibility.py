"""What axe finds on the pages: nothing serious and nothing critical, light or dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.front_door import Api, key
from tests.pages.conftest import PHONE
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


PLAIN = ["/schedules", "/schedules/new", "/batches", "/batches/new", "/password/", "/nowhere/", "/flows/no-such-flow"]
PLAIN += [f"/workspace/{part}" for part in ("tokens", "members", "audit", "settings")]


def test_what_runs_by_itself_and_who_may_what(context: BrowserContext, api: Api) -> None:
    # Given a schedule and a batch
    slug = api.save(f"name: Pages axe {key()}\nsteps: [{{id: say, action: log, config: {{message: '${{WORD}}'}}}}]\n")
    schedule = {"name": f"axe {key()}", "flow": slug, "cron": "30 2 * * *", "time_zone": "Europe/Berlin"}
    batch = {"flow": slug, "format": "json", "data": '[{"WORD": "one"}, {"WORD": "two"}]'}
    made = [f"/schedules/{api.ok('POST', '/schedules', json=schedule)['id']}"]
    made += [f"/batches/{api.ok('POST', '/batches', json=batch)['id']}"]
    page = context.new_page()  # some of these pages are of what is not there, which the browser writes to the console
    page.set_default_timeout(30_000)
    found: dict[str, list[str]] = {}
    # When each page is looked at in both schemes
    for path in PLAIN + made:
        page.goto(path)
        page.locator("h1, [role=alert]").first.wait_for()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        found |= {f"{path} {scheme}": faults_in(page, scheme) for scheme in ("light", "dark")}
    # And the sheet of a phone
    page.set_viewport_size(PHONE)
    page.goto("/schedules")
    page.get_by_role("button", name="More").click()
    page.get_by_role("dialog").get_by_role("link", name="Batches").wait_for()
    found |= {f"more {scheme}": faults_in(page, scheme) for scheme in ("light", "dark")}
    # Then nothing grave is found, and the sheet leads on
    assert {path: grave for path, grave in found.items() if grave} == {}
    page.get_by_role("dialog").get_by_role("link", name="Batches").click()
    page.get_by_role("heading", name="Batches").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)


def faults_in(page: Page, scheme: Any) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    return faults(page)
