"""What axe finds on the pages of runs, and of what runs by itself: nothing serious and nothing critical."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.front_door import Api, key
from tests.pages.axe import faults
from tests.pages.conftest import PHONE
from tests.pages.scenes import Scenes

RUNS = [
    ("failed", ""),
    ("failed", "?step=steps/place_order&tab=response"),
    ("failed", "?step=steps/place_order&tab=attempts"),
    ("passed", "?step=steps/order_placed"),
    ("passed", "?step=steps/seed_catalogue"),
    ("running", ""),
    ("parked", ""),
]


def test_the_list_and_runs(page: Page, scenes: Scenes) -> None:
    page.goto("/executions")
    expect(page.locator("[data-execution]").first).to_be_visible()
    page.locator("[data-execution] input").first.check()
    found = {"the list": faults(page)}
    for scene, query in RUNS:
        page.goto(f"/executions/{scenes.numbers[scene]}{query}")
        expect(page.get_by_role("tabpanel")).to_have_attribute("data-loaded", "true")
        found[f"{scene} {query}"] = faults(page)
    assert {path: grave for path, grave in found.items() if grave} == {}


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
    # When each page is looked at
    for path in PLAIN + made:
        page.goto(path)
        page.locator("h1, [role=alert]").first.wait_for()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        found[path] = faults(page)
    # And the sheet of a phone
    page.set_viewport_size(PHONE)
    page.goto("/schedules")
    page.get_by_role("button", name="More").click()
    page.get_by_role("dialog").get_by_role("link", name="Batches").wait_for()
    found["more"] = faults(page)
    # Then nothing grave is found, and the sheet leads on
    assert {path: grave for path, grave in found.items() if grave} == {}
    page.get_by_role("dialog").get_by_role("link", name="Batches").click()
    page.get_by_role("heading", name="Batches").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
