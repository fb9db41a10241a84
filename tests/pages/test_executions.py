"""The executions pages as a person meets them, in a browser on the real product."""

import re

from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.front_door import Api, Lab, key
from tests.pages.conftest import picture
from tests.running_stack import Stack

FAILING = """
name: Pages - dear kettle
steps:
  - id: look
    action: http_request
    name: The kettle is cheap
    config: {{url: "{shop}/products/kettle"}}
    assert:
      - status == 200
      - body.price < 10
      - body.name == "Kettle"
  - id: buy
    action: log
    config: {{message: bought}}
teardown:
  - id: tidy
    action: log
    config: {{message: tidied}}
"""
HELD = """
name: Pages - waits
steps:
  - id: begin
    action: log
    config: {{message: begun}}
  - id: hold
    action: http_request
    config: {{url: "{shop}/lab/hold?key={key}", timeout: 60}}
  - id: after
    action: log
    config: {{message: after}}
teardown:
  - id: tidy
    action: log
    config: {{message: tidied}}
"""

SHIFTS = """
const whatStays = '[data-step], [data-execution], h1, h2'
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const moved = entry.sources.filter((one) => one.node instanceof Element && one.node.matches(whatStays))
    if (moved.length > 0) (window.shifts ??= []).push(moved.map((one) => one.node.outerHTML.slice(0, 200)))
  }
}).observe({ type: 'layout-shift', buffered: false })
"""


def start(api: Api, text: str) -> int:
    slug = api.save(text)
    return int(api.ok("POST", "/executions", json={"flow": slug})["id"])


def step(page: Page, path: str, state: str | None = None) -> None:
    """Wait until the timeline has this step, in this state."""
    which = f'[data-step="{path}"]' + (f'[data-state="{state}"]' if state else "")
    page.locator(which).wait_for()


def test_somebody_who_is_not_signed_in_is_asked_to(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.url)
    page = context.new_page()
    page.goto("/executions/1")
    assert "/login/" in page.url
    assert "next=/executions/1" in page.url
    context.close()


def test_a_new_run_waits_in_the_pill_and_the_row_opens_by_keyboard(page: Page, api: Api, stack: Stack) -> None:
    # Given the list with one run
    first = start(api, FAILING.format(shop=stack.shop["SHOP_URL"]))
    page.goto("/executions")
    row = page.locator(f'[data-execution="{first}"]')
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("look")
    expect(row).to_contain_text("body.price")
    page.evaluate(SHIFTS)
    # When another one starts
    second = start(api, FAILING.format(shop=stack.shop["SHOP_URL"]))
    # Then it waits until it is asked for, and no row has moved
    pill = page.get_by_role("button", name=re.compile("new run"))
    expect(pill).to_be_visible()
    api.wait(second)
    assert page.evaluate("() => window.shifts ?? []") == []
    pill.click()
    expect(page.locator(f'[data-execution="{second}"]')).to_contain_text("Failed")
    picture(page, "list")
    # And the keyboard opens it
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/executions/{second}*")


def test_the_search_is_the_address(page: Page, api: Api, stack: Stack) -> None:
    start(api, FAILING.format(shop=stack.shop["SHOP_URL"]))
    page.goto("/executions")
    page.get_by_role("button", name="Status", exact=True).click()
    page.get_by_role("menuitem", name="Failed").click()
    page.wait_for_url("**q=status%3Afailed**")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("flow:pages-dear-kettle")
    page.keyboard.press("Enter")
    page.wait_for_url("**flow**")
    expect(page.locator("[data-execution]").first).to_contain_text("Pages - dear kettle")
    # The address alone shows the same to somebody else
    page.reload()
    expect(page.get_by_text("flow:pages-dear-kettle")).to_be_visible()
    page.get_by_role("button", name="Remove status:failed").click()
    page.get_by_role("button", name="Remove flow:pages-dear-kettle").click()
    page.wait_for_url(lambda url: "flow" not in url)


def test_a_failed_run_opens_at_what_failed(page: Page, api: Api, stack: Stack) -> None:
    execution = start(api, FAILING.format(shop=stack.shop["SHOP_URL"]))
    page.goto(f"/executions/{execution}")
    step(page, "steps/look", "failed")
    step(page, "steps/buy", "not_reached")
    step(page, "teardown/tidy", "passed")
    # The step that failed is open: request, response and the failed assertions first
    panel = page.get_by_role("region", name="Step look")
    expect(panel).to_contain_text("GET")
    expect(panel).to_contain_text("200 OK")
    held = panel.locator("tr[data-held]")
    expect(held.first).to_have_attribute("data-held", "false")
    expect(held.last).to_have_attribute("data-held", "true")
    expect(panel.locator('tr[data-held="false"]').first).to_contain_text("59.90")
    expect(panel.locator('[data-path="$.price"]')).to_be_visible()
    picture(page, "detail-failed")
    # A deep link shows the same step and tab
    panel.get_by_role("tab", name="Assertions").click()
    page.locator('[data-step="teardown/tidy"]').click()
    page.wait_for_url("**tab=assertions**")
    page.goto(f"/executions/{execution}?step=steps%2Flook&tab=raw")
    expect(page.get_by_role("tab", name="Raw")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("region", name="Step look")).to_contain_text("as recorded")


def test_a_run_arrives_live_and_is_cancelled_and_run_again(page: Page, api: Api, stack: Stack) -> None:
    lab, held = Lab(stack.shop["SHOP_URL"]), key()
    execution = start(api, HELD.format(shop=stack.shop["SHOP_URL"], key=held))
    # Given somebody who looks while it waits
    page.goto(f"/executions/{execution}")
    step(page, "steps/begin", "passed")
    step(page, "steps/hold", "running")
    step(page, "steps/after", "to_come")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    picture(page, "detail-live")
    # When it goes on, the page does too, without a reload
    lab.wait_for(held)
    lab.release(held)
    step(page, "steps/hold", "passed")
    step(page, "teardown/tidy", "passed")
    expect(page.locator("header").first.get_by_text("Passed")).to_be_visible()
    # Run again: the new run is linked with the original, both ways
    page.get_by_role("button", name="Re-run", exact=True).click()
    page.wait_for_url(lambda url: f"/executions/{execution}" not in url)
    family = page.get_by_role("navigation", name="Runs in this family")
    family.get_by_role("link", name=f"#{execution}").click()
    page.wait_for_url(f"**/executions/{execution}*")
    expect(family.get_by_role("link")).to_have_count(2)
    lab.close()


def test_cancel_stops_a_run_and_its_teardown_follows(page: Page, api: Api, stack: Stack) -> None:
    execution = start(api, HELD.format(shop=stack.shop["SHOP_URL"], key=key()))
    page.goto(f"/executions/{execution}")
    step(page, "steps/hold", "running")
    page.get_by_role("button", name="Cancel run").click()
    step(page, "steps/hold", "cancelled")
    step(page, "steps/after", "not_reached")
    step(page, "teardown/tidy", "passed")
    expect(page.locator("header").first.get_by_text("Cancelled")).to_be_visible()


def test_what_is_not_there_is_said(page: Page) -> None:
    page.goto("/executions/not-a-number")
    expect(page.get_by_role("alert")).to_contain_text("is no number of an execution")


def test_a_server_that_goes_away_is_noticed_and_caught_up_with(page: Page, api: Api, stack: Stack) -> None:
    lab, held = Lab(stack.shop["SHOP_URL"]), key()
    execution = start(api, HELD.format(shop=stack.shop["SHOP_URL"], key=held))
    page.goto(f"/executions/{execution}")
    step(page, "steps/hold", "running")
    # Given a browser without a network, while the run goes on
    lab.wait_for(held)
    page.context.set_offline(True)
    lab.release(held)
    api.wait(execution)
    # When the network is back
    page.context.set_offline(False)
    # Then the page ends with the final state
    step(page, "teardown/tidy", "passed")
    expect(page.locator("header").first.get_by_text("Passed")).to_be_visible()
    lab.close()


def test_neither_steps_that_arrive_nor_one_that_fails_moves_a_row(page: Page, api: Api, stack: Stack) -> None:
    lab, held = Lab(stack.shop["SHOP_URL"]), key()
    text = HELD.format(shop=stack.shop["SHOP_URL"], key=held)
    fails = text.replace("timeout: 60}\n", "timeout: 60}\n    assert: ['body.key == \"another\"']\n")
    execution = start(api, fails)
    page.goto(f"/executions/{execution}")
    step(page, "steps/hold", "running")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    # Given somebody who looks at the steps of a run that goes on
    lab.wait_for(held)
    page.evaluate(SHIFTS)
    # When one of them fails and the rest arrive
    lab.release(held)
    step(page, "steps/hold", "failed")
    step(page, "teardown/tidy", "passed")
    expect(page.locator("header").first.get_by_text("Failed")).to_be_visible()
    # Then what failed is said where there was room for it, and no row and no heading has moved
    expect(page.locator('[data-step="steps/hold"]')).to_contain_text('expected "another"')
    assert page.evaluate("() => window.shifts ?? []") == []
    lab.close()


def test_steps_that_were_not_reached_push_nothing_away(page: Page, api: Api, stack: Stack) -> None:
    # Given a run that failed before its last step, whose flow is slow to be read
    execution = start(api, FAILING.format(shop=stack.shop["SHOP_URL"]))
    api.wait(execution)
    asked: list[Route] = []
    page.route("**/versions/*", lambda route: asked.append(route))  # noqa: PLW0108 - a built-in method takes no mark
    with page.expect_response("**/facts*"), page.expect_response("**/family*"), page.expect_request("**/versions/*"):
        page.goto(f"/executions/{execution}")
    # When all else is drawn, and then the flow is read
    page.evaluate(SHIFTS)
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    asked[0].continue_()
    # Then the step that it alone knows of takes its place, and no row and no heading has moved
    step(page, "steps/buy", "not_reached")
    step(page, "teardown/tidy", "passed")
    assert page.evaluate("() => window.shifts ?? []") == []


def test_many_are_run_again_with_one_order(page: Page, api: Api, stack: Stack) -> None:
    runs = [start(api, FAILING.format(shop=stack.shop["SHOP_URL"])) for _ in range(2)]
    for number in runs:
        api.wait(number)
    page.goto("/executions?q=flow:pages-dear-kettle")
    for number in runs:
        page.get_by_role("checkbox", name=f"Select #{number}").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Re-run 2").click()
    expect(page.get_by_text("2 runs done.")).to_be_visible()
