"""The pages of what runs by itself as a person meets them, in a browser on the real product."""

import re

from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.e2e.front_door import Api, key
from tests.pages.conftest import picture
from tests.pages.people import make_person
from tests.running_stack import Stack

GREETS = """
name: {name}
env: {{WHO: world}}
steps: [{{id: greet, action: log, config: {{message: "hello ${{WHO}}"}}}}]
"""


def test_a_schedule_is_made_mended_and_paused(context: BrowserContext, api: Api) -> None:
    # Given a flow, and somebody who writes a cron line with a mistake in it
    slug = api.save(GREETS.format(name=f"Pages schedule {key()}"))
    name = f"nightly {key()}"
    page = context.new_page()  # a line that means nothing is refused, which the browser writes to the console
    page.set_default_timeout(30_000)
    page.goto("/schedules")
    page.get_by_role("link", name="New schedule").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Flow", exact=True).fill(slug)
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_label("Cron line").fill("30 25 * * *")
    # Then what is wrong is told at the line, and nothing can be saved
    expect(page.get_by_text(re.compile("hour.*0 to 23"))).to_be_visible(timeout=30_000)
    expect(page.get_by_label("Cron line")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Create schedule")).to_be_disabled()
    picture(page, "schedule-wrong")
    # When it is mended, the next five runs show before anything is saved
    page.get_by_label("Cron line").fill("30 2 * * MON-FRI")
    coming = page.get_by_role("region", name="Next runs")
    expect(coming.get_by_role("listitem")).to_have_count(5, timeout=30_000)
    expect(coming.get_by_role("listitem").first).to_contain_text("02:30:00")
    page.get_by_role("button", name="Create schedule").click()
    page.wait_for_url(re.compile(r"/schedules/\d+"))
    # When it is paused with a note, the page and the list tell the note
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_label("Note").fill("the shop moves house")
    page.get_by_role("button", name="Pause it").click()
    expect(page.get_by_role("status").filter(has_text="the shop moves house")).to_be_visible()
    picture(page, "schedule")
    page.goto("/schedules")
    row = page.locator("[data-schedule]").filter(has_text=name)
    expect(row).to_contain_text("Paused by")
    expect(row).to_contain_text("the shop moves house")
    picture(page, "schedules")
    # When it is run by hand all the same, its history has the run
    row.get_by_role("link", name=name).click()
    address = page.url
    page.get_by_role("button", name="Run now").click()
    page.wait_for_url(re.compile(r"/executions/\d+"))
    page.goto(address)
    expect(page.get_by_role("region", name="History").locator("[data-slot]")).to_contain_text("by hand")
    # And it is deleted once that is confirmed
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name=f"Delete {name}").click()
    page.wait_for_url(re.compile(r"/schedules(\?|$)"))
    expect(page.locator("[data-schedule]").filter(has_text=name)).to_have_count(0)
    page.close()


def test_a_viewer_reads_schedules_and_changes_none(stranger: BrowserContext, stack: Stack, api: Api) -> None:
    slug = api.save(GREETS.format(name=f"Pages viewed schedule {key()}"))
    made = api.ok("POST", "/schedules", json={"name": f"seen {key()}", "flow": slug, "cron": "@daily"})
    viewer = make_person(stack, f"viewer-{key()}", **{made["workspace"]: "viewer"})
    page: Page = stranger.new_page()
    page.goto(f"/schedules/{made['id']}")
    viewer.sign_in(page)
    expect(page.get_by_label("Cron line")).to_be_disabled()
    expect(page.get_by_role("region", name="Next runs").get_by_role("listitem")).to_have_count(5)
    for name in ("Pause", "Run now", "Delete", "Save changes"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.goto("/schedules/new")
    expect(page.get_by_text("needs the role editor")).to_be_visible()


CHECKS = """
name: {name}
env: {{QUANTITY: 1}}
steps: [{{id: check, action: assert, config: {{assertions: ["QUANTITY < 3"]}}}}]
"""


def test_a_flow_runs_over_rows_and_what_failed_runs_again(page: Page, api: Api) -> None:
    # Given a flow, and a file of three rows of which one fails
    page.set_default_timeout(30_000)
    slug = api.save(CHECKS.format(name=f"Pages batch {key()}"))
    page.goto("/executions")
    page.get_by_role("link", name="Batches").click()
    page.get_by_role("link", name="Run over rows").click()
    page.get_by_label("Flow", exact=True).fill(slug)
    rows = b"QUANTITY,case\n1,one\n7,many\n2,two\n"
    file: FilePayload = {"name": "orders.csv", "mimeType": "text/csv", "buffer": rows}
    page.get_by_label("File of rows").set_input_files(files=[file])
    page.get_by_label("Column that names a row").fill("case")
    # When it is run, the page follows the rows to their end
    page.get_by_role("button", name="Run over the rows").click()
    page.wait_for_url(re.compile(r"/batches/\d+"))
    expect(page.get_by_label("Totals")).to_contain_text("3 rows: 2 passed, 1 failed", timeout=60_000)
    expect(page.locator("[data-row='2']")).to_have_attribute("data-status", "failed")
    expect(page.locator("[data-row='2']")).to_contain_text("many")
    picture(page, "batch")
    # Then a row's execution leads back to its batch
    address = page.url
    page.locator("[data-row='2']").get_by_role("link").click()
    page.wait_for_url(re.compile(r"/executions/\d+"))
    page.locator("dl").get_by_role("link", name=f"#{address.split('/')[-1].split('?')[0]}", exact=True).click()
    page.wait_for_url(address)
    # And only the failed row runs again
    page.get_by_role("button", name="Re-run 1 row that did not pass").click()
    expect(page.get_by_label("Totals")).to_contain_text("1 row: 1 failed", timeout=60_000)
    expect(page.get_by_role("link", name="again")).to_be_visible()
