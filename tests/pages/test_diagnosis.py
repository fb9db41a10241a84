"""Why it failed, on the page of a run: by rules at once."""

import re

from playwright.sync_api import Page, expect

from tests.pages.conftest import picture
from tests.pages.scenes import Scenes


def test_the_rules_say_why_without_any_key_and_each_claim_leads_to_what_it_stands_on(
    page: Page, scenes: Scenes
) -> None:
    page.goto(f"/executions/{scenes.numbers['failed']}?step=steps/place_order")
    panel = page.get_by_role("region", name="Why it failed")
    causes = panel.get_by_role("list", name="Possible causes").get_by_role("listitem")
    # All four causes are there, those without evidence say so
    expect(causes).to_have_count(4)
    expect(panel.locator("[data-cause=environment]")).to_contain_text("no evidence")
    expect(panel.get_by_text("From rules, no model used")).to_be_visible()
    # What was expected stands beside what came
    expect(panel.locator("del", has_text='"authorised"')).to_be_visible()
    expect(panel.locator("ins", has_text='"placed"')).to_be_visible()
    picture(page, "diagnosis")
    # A chip opens the value in the response
    panel.get_by_role("button", name="body.state == WANTED").first.click()
    expect(page).to_have_url(re.compile(r"tab=response.*at=%24\.state"))
    expect(page.get_by_role("tab", name="Response")).to_have_attribute("aria-selected", "true")
    # A run that passed has nothing to explain
    page.goto(f"/executions/{scenes.numbers['passed']}?step=steps/place_order")
    expect(page.get_by_role("tabpanel")).to_have_attribute("data-loaded", "true")
    expect(panel).to_have_count(0)
