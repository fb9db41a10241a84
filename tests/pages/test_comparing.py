"""A failing run beside the last pass, and one that leaves the house as a file."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.front_door import Api
from tests.pages.conftest import picture
from tests.running_stack import Stack

FLOW = """
name: Pages - parting kettle
env: {{SKU: kettle, LIMIT: 100}}
steps:
  - id: list
    action: http_request
    config: {{url: "{shop}/products"}}
  - id: look
    action: http_request
    config: {{url: "{shop}/products/${{SKU}}"}}
    output: {{price: body.price}}
    assert: ["body.price < LIMIT"]
  - id: buy
    action: log
    config: {{message: "bought for ${{price}} <script>alert(1)</script>"}}
"""


@pytest.fixture
def two_runs(api: Api, stack: Stack) -> tuple[int, int]:
    """One that passed, and one with a lower limit, which failed."""
    text = FLOW.format(shop=stack.shop["SHOP_URL"])
    passed, failed = (api.start(text, variables=given) for given in ({}, {"LIMIT": 10}))
    assert (api.wait(passed).status, api.wait(failed).status) == ("passed", "failed")
    return passed, failed


def test_the_first_difference_from_the_last_pass_is_marked_and_opens_the_comparison(
    page: Page, two_runs: tuple[int, int]
) -> None:
    passed, failed = two_runs
    page.goto(f"/executions/{failed}")
    # The line stands above the step that came to something else
    line = page.locator("[data-divergence]")
    expect(line).to_have_text(f"First difference from #{passed}, the last pass")
    assert page.locator('li:has([data-divergence]) + li [data-step="steps/look"]').count() == 1
    since = page.get_by_role("region", name="Since the last pass")
    expect(since).to_contain_text("same version, 1")
    expect(since).to_contain_text("LIMIT")
    picture(page, "detail-divergence")
    # From there to both runs side by side
    since.get_by_role("link", name="open the comparison").click()
    page.wait_for_url(f"**/executions/{failed}/compare**with={passed}**")
    look = page.locator('[data-compared="steps/look"]')
    expect(look).to_contain_text("body.price < LIMIT")
    expect(page.locator('[data-compared="steps/buy"]')).to_contain_text("not reached")
    expect(page.locator('[data-compared="steps/list"]')).to_have_count(0)
    page.get_by_role("button", name="All 3 steps").click()
    expect(page.locator('[data-compared="steps/list"]')).to_be_visible()
    page.get_by_role("button", name="Assertions", exact=True).click()
    expect(page.locator('tr[data-different="true"]')).to_contain_text("body.price < LIMIT")
    picture(page, "compare")
    # The address alone shows the same again
    page.reload()
    expect(page.locator('tr[data-different="true"]')).to_contain_text("body.price < LIMIT")


def test_an_exported_run_opens_without_a_server(
    page: Page, browser: Browser, two_runs: tuple[int, int], tmp_path: Path
) -> None:
    passed, _ = two_runs
    page.goto(f"/executions/{passed}")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as coming:
        page.get_by_role("menuitem", name="HTML").click()
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)
    # Given a browser that cannot reach anything
    context = browser.new_context(offline=True)
    alone = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    alone.on("console", lambda message: said.append(message.text))
    alone.on("pageerror", lambda error: said.append(str(error)))
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(file.as_uri())
    expect(alone.get_by_role("heading", level=1)).to_contain_text("Pages - parting kettle")
    alone.locator("summary", has_text="steps/buy").click()
    expect(alone.locator("details[open]", has_text="steps/buy")).to_contain_text("<script>alert(1)</script>")
    alone.locator("summary", has_text="steps/look").click()
    expect(alone.locator("details[open]", has_text="steps/look")).to_contain_text("body.price < LIMIT")
    picture(alone, "export")
    # Then it asked for nothing but itself, and nothing went wrong
    assert (said, asked) == ([], [file.as_uri()])
    context.close()
