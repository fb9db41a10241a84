"""The analytics as a person meets them, in a browser, on a made-up history; axe finds nothing grave on the way."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.pages.axe import faults
from tests.pages.conftest import picture

NUMBER = re.compile(r"[\d,]+")


def open_page(page: Page, path: str, past: str) -> None:
    page.set_default_timeout(30_000)
    page.goto(f"{path}{'&' if '?' in path else '?'}workspace={past}")


def number_in(text: str | None) -> int:
    found = NUMBER.search(text or "")
    assert found is not None, text
    return int(found.group().replace(",", ""))


def expect_runs(page: Page, count: int) -> None:
    """The list that was opened has so many."""
    page.wait_for_url(re.compile(r"/executions\?"))
    expect(page.get_by_text(re.compile(rf"^{count:,} runs?$")).first).to_be_visible()


def test_numbers_lead_to_their_runs(page: Page, past: str) -> None:
    # Given the overview: six numbers, the trend, flaky steps, failures
    open_page(page, "/executions", past)
    page.get_by_role("link", name="Analytics").click()
    tiles = page.get_by_role("list", name="Numbers")
    expect(tiles.get_by_role("listitem")).to_have_count(6)
    expect(page.locator("[data-step]").first).to_contain_text("results")
    expect(page.locator("[data-group]").first).to_be_visible()
    picture(page, "analytics")
    assert faults(page) == []
    # When the pass rate is opened, the list has as many runs as the tile says
    rate = tiles.locator("[data-tile=pass_rate]")
    runs = number_in(rate.locator("p").text_content().partition("n = ")[2])  # type: ignore[union-attr]
    rate.get_by_role("link").click()
    expect_runs(page, runs)
    page.go_back()
    # And so has a flaky step, and a failure that comes back
    step = page.locator("[data-step]").first
    said = step.get_by_role("link", name=re.compile("disturbed runs")).get_attribute("aria-label") or ""
    disturbed = number_in(said.partition(":")[2])
    step.get_by_role("link", name=re.compile("disturbed runs")).click()
    expect_runs(page, disturbed)
    page.go_back()
    group = page.locator("[data-group]").first.get_by_role("link", name=re.compile("runs with this failure"))
    count = number_in(group.text_content())
    group.click()
    expect_runs(page, count)


def test_the_address_is_what_the_numbers_are_about(page: Page, past: str) -> None:
    open_page(page, "/analytics?days=7", past)
    expect(page.get_by_role("button", name="Last 7 days")).to_be_visible()
    # When the page is narrowed to an environment and a flow, the address says so
    page.get_by_label("Environment", exact=True).select_option("staging")
    page.wait_for_url(re.compile("env=staging"))
    page.get_by_label("Flow", exact=True).fill("checkout")
    page.get_by_label("Flow", exact=True).press("Enter")
    page.wait_for_url(re.compile("flow=checkout"))
    expect(page.get_by_role("region", name="Pass rate by environment")).to_contain_text("staging")
    expect(page.locator("[data-step^='checkout ']").first).to_be_visible()
    # Then the days can be gone through by keyboard, and are there as a table as well
    page.wait_for_load_state("networkidle")  # the days that were asked for last are there
    days = page.get_by_role("group", name=re.compile("^Days")).first  # the durations have theirs below
    days.get_by_role("link").last.focus()
    page.keyboard.press("Home")
    expect(days.get_by_role("link").first).to_be_focused()
    page.get_by_role("region", name="Pass rate per day").get_by_role("button", name="Table").click()
    expect(page.get_by_role("group", name="Pass rate per day, as a table").get_by_role("row")).not_to_have_count(1)
    # And the last hours are there by the hour, in chart and table
    page.get_by_role("button", name="Last 7 days").click()
    page.get_by_role("button", name="Last 48 hours").click()
    page.wait_for_url(re.compile("hours=48"))
    expect(page.get_by_role("group", name="Pass rate per hour, as a table").get_by_role("row")).not_to_have_count(1)
    picture(page, "hours-table")
    page.get_by_role("region", name="Pass rate per hour").get_by_role("button", name="Chart").click()
    expect(page.get_by_role("group", name=re.compile("^Hours")).first.get_by_role("link").first).to_be_visible()
    picture(page, "hours")
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.get_by_label("Environment", exact=True)).to_have_value("")


def test_a_step_is_put_into_quarantine_and_let_out(page: Page, past: str) -> None:
    open_page(page, "/analytics", past)
    row = page.locator("[data-step]").first
    row.get_by_role("button", name="Quarantine").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Quarantine the step")).to_be_disabled()
    dialog.get_by_label("Reason").fill("the broker is moved on Thursday")
    dialog.get_by_label("Days").fill("7")
    picture(page, "quarantine")
    dialog.get_by_role("button", name="Quarantine the step").click()
    expect(row).to_contain_text("in quarantine to")
    row.get_by_role("button", name="Change").click()
    expect(dialog).to_contain_text("the broker is moved on Thursday")
    dialog.get_by_role("button", name="Lift it now").click()
    expect(row).not_to_contain_text("in quarantine")


def test_durations_of_a_flow_and_of_its_step(page: Page, past: str) -> None:
    open_page(page, "/analytics/durations", past)
    expect(page.locator("[data-speed]").first).to_be_visible()
    assert faults(page) == []
    page.locator("[data-speed=checkout]").get_by_role("button").click()
    page.wait_for_url(re.compile("flow=checkout"))
    # Given that payments became slower, the run since which it is so is told
    changes = page.get_by_role("region", name="Where it changed")
    expect(changes).to_contain_text("in production since")
    picture(page, "durations")
    assert faults(page) == []
    page.get_by_role("region", name="Duration of checkout").get_by_role("button", name="Table").click()
    expect(page.get_by_role("group", name="Duration of checkout, as a table").get_by_role("row")).not_to_have_count(1)
    # When the step that pays is chosen, it is shown in the place of the flow, and the address says so
    page.get_by_role("region", name="Steps").get_by_role("button", name="pay").click()
    page.wait_for_url(re.compile("step=steps"))
    expect(page.get_by_role("region", name="Duration of the step pay")).to_be_visible()
    expect(changes.get_by_role("link").first).to_be_visible()
    # And its number opens the runs in which it passed
    row = page.locator("[data-speed='steps/pay']").get_by_role("link")
    passed = number_in(row.text_content())
    row.click()
    expect_runs(page, passed)


def test_a_failure_is_taken_up_and_found_again(page: Page, past: str) -> None:
    # Given the failures, of which one is opened
    open_page(page, "/analytics/failures?recurring=true", past)
    expect(page.locator("[data-group]").first).to_be_visible()
    expect(page.locator("[data-group] b").last).to_be_visible()
    picture(page, "failures")
    assert faults(page) == []
    row = page.locator("[data-group]").filter(has_text="body.count is 0").first
    expect(row.locator("b")).to_contain_text(re.compile("Service|Environment|Data|Timing"))  # the rules' word
    fingerprint = row.get_attribute("data-group")
    row.get_by_role("rowheader").get_by_role("link").click()
    page.wait_for_url(re.compile(f"/analytics/failures/{fingerprint}"))
    expect(page.get_by_role("region", name="Why it failed")).to_contain_text("From rules")
    picture(page, "failure")
    assert faults(page) == []
    # When somebody mutes it, with the cause and a note
    page.get_by_role("button", name="Muted").click()
    expect(page.get_by_label("About this failure")).to_contain_text("Muted")
    page.get_by_label("Cause", exact=True).select_option("timing")
    page.get_by_label("Note", exact=True).fill("until the broker has moved")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_role("button", name="Save the note")).to_be_disabled()
    # Then the list has it no more, but where muted ones are asked for
    page.get_by_role("link", name="Failures", exact=True).click()
    expect(page.locator("[data-group]").first).to_be_visible()
    expect(page.locator(f"[data-group='{fingerprint}']")).to_have_count(0)
    page.get_by_label("State").select_option("muted")
    expect(page.locator(f"[data-group='{fingerprint}']")).to_contain_text("Timing")


DOCUMENT = b"""
openapi: 3.1.0
info: {title: Payments of the shop}
paths:
  /payments: {post: {responses: {201: {}, 409: {}}}, get: {summary: All of them, responses: {200: {}}}}
  /payments/{id}/receipt: {get: {responses: {200: {}}}}
"""


def test_a_document_shows_what_is_not_covered(page: Page, past: str) -> None:
    # Given what flows call, and the document of a service
    open_page(page, "/analytics/coverage", past)
    page.get_by_role("button", name="Upload a document").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("payments")
    file: FilePayload = {"name": "openapi.yaml", "mimeType": "text/yaml", "buffer": DOCUMENT}
    dialog.get_by_label("Document", exact=True).set_input_files(files=[file])
    dialog.get_by_label("payments.internal", exact=True).check()
    dialog.get_by_role("button", name="Upload it").click()
    # Then it is told what is covered, what is not, and what is called that it does not declare
    service = page.get_by_role("region", name="Payments of the shop")
    expect(service).to_contain_text("2 of 3 operations covered")
    expect(service.locator("[data-operation='POST /payments']")).to_contain_text("Covered")
    expect(service.locator("[data-call='GET /refunds/{}']")).to_be_visible()
    picture(page, "coverage")
    assert faults(page) == []
    # And a step for the one that is not becomes a new flow
    service.locator("[data-operation='GET /payments']").get_by_role("button", name="Draft a step").click()
    expect(dialog.locator("pre")).to_contain_text("http_request")
    picture(page, "coverage-draft")
    dialog.get_by_role("link", name="Open in the editor").click()
    expect(page.locator(".cm-content")).to_contain_text("PAYMENTS_URL")


def test_a_route_is_put_right_and_left_alone_again(page: Page, past: str) -> None:
    # Given a route of a service, whose last part somebody knows to vary
    open_page(page, "/analytics/coverage", past)
    page.get_by_role("button", name=re.compile("^accounts.internal")).click()
    page.get_by_role("button", name="Route of POST /users/{}/confirmation").first.click()
    page.get_by_role("menuitem", name="Treat as one").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status", name="What would change")).to_contain_text("/users/{}/{}")
    picture(page, "route-merge")
    assert faults(page) == []
    # When it is said, the page has the new route, and who said so
    dialog.get_by_role("button", name="Treat as one").click()
    rule = page.locator("[data-override='accounts.internal /users/{}/{}']")
    expect(rule).to_contain_text("one route")
    expect(page.locator("[data-call='POST /users/{}/{}']")).to_be_visible()
    picture(page, "routes")
    # And its number still opens the runs behind it
    row = page.locator("[data-call='POST /users/{}/{}']").get_by_role("link", name=re.compile("calls: the runs"))
    count = number_in(row.text_content())
    row.click()
    expect_runs(page, count)
    page.go_back()
    # Then it is kept apart, and both words are taken back
    page.get_by_role("button", name=re.compile("^accounts.internal")).click()
    page.get_by_role("button", name="Route of POST /users/{}/{}").click()
    page.get_by_role("menuitem", name="Keep apart").click()
    dialog.get_by_label("Only these:").check()
    dialog.get_by_label("/users/{}/confirmation").check()
    expect(dialog.get_by_role("status")).to_contain_text("/users/{}/confirmation")
    picture(page, "route-apart")
    dialog.get_by_role("button", name="Keep apart").click()
    expect(page.locator("[data-call='POST /users/{}/confirmation']")).to_be_visible()
    for pattern in ("/users/{}/confirmation", "/users/{}/{}"):
        rule = page.locator(f"[data-override='accounts.internal {pattern}']")
        rule.get_by_role("button", name="Take back").click()
        rule.get_by_role("button", name=f"Take back {pattern}").click()
        expect(rule).to_have_count(0)
