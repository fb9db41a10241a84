"""Why it failed, on the page of a run: by rules at once, and by a model where an admin has allowed it."""

import re

from playwright.sync_api import Page, expect

from tests.pages.axe import faults
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
    # Without a key the model's part says how to set one, and what would be sent can be read all the same
    why = {"code": "no_key", "message": "No API key is set. Set ANTHROPIC_API_KEY for the web and worker processes."}
    state = {"why_not": why, "model": "claude-sonnet-5-5", "analysis": None, "similar": None}
    page.route("**/analysis?*", lambda route: route.fulfill(json=state))
    page.route("**/analysis", lambda route: route.fulfill(json=state))
    page.goto(f"/executions/{scenes.numbers['failed']}?step=steps/place_order")
    expect(panel.get_by_text("Set ANTHROPIC_API_KEY")).to_be_visible()
    expect(panel.get_by_role("button", name="Analyse with AI")).to_have_count(0)
    page.unroute_all()
    # A person's word on the rules is kept
    panel.get_by_role("button", name="Did not help").click()
    expect(panel.get_by_text("Kept.")).to_be_visible()
    panel.get_by_label("The cause was").select_option("Service")
    page.reload()
    expect(panel.get_by_role("button", name="Did not help")).to_have_attribute("aria-pressed", "true")
    expect(panel.get_by_label("The cause was")).to_have_value("service")
    # An admin may put the step into quarantine from here
    panel.get_by_role("button", name="Quarantine").click()
    expect(page.get_by_role("dialog", name="Quarantine place_order").get_by_label("Reason")).to_be_focused()
    page.keyboard.press("Escape")
    assert faults(page) == []
    # A run that passed has nothing to explain
    page.goto(f"/executions/{scenes.numbers['passed']}?step=steps/place_order")
    expect(page.get_by_role("tabpanel")).to_have_attribute("data-loaded", "true")
    expect(panel).to_have_count(0)


def test_the_model_is_asked_once_it_is_allowed_and_every_claim_has_its_evidence(page: Page, scenes: Scenes) -> None:
    page.goto(f"/executions/{scenes.numbers['failed']}?step=steps/place_order")
    model = page.get_by_role("region", name="Analysis by a model")
    expect(model.get_by_text("An admin has to allow")).to_be_visible()
    # What would be sent can be read before
    model.get_by_role("button", name="Preview what would be sent").click()
    expect(page.get_by_role("dialog").get_by_text("Instructions, version 1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    model.get_by_role("link", name="Read and allow").click()
    page.get_by_role("button", name="Allow it for this workspace").click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    assert faults(page) == []
    # From the header
    page.goto(f"/executions/{scenes.numbers['failed']}")
    page.get_by_role("banner").or_(page.locator("header")).get_by_role("button", name="Analyse with AI").first.click()
    expect(model.get_by_text("Every claim was checked")).to_be_visible(timeout=60_000)
    expect(model.get_by_role("heading", name="Model's answer")).to_be_visible()
    expect(model.locator("[data-took]")).to_have_text(
        re.compile(r"^claude-sonnet-5-5 · [\d.]+ s · .+ tokens · .+ · .+ sent, secrets masked · asked by admin")
    )
    causes = model.get_by_role("list", name="Causes by the model").get_by_role("listitem")
    expect(causes.first.get_by_role("button").or_(causes.first.get_by_role("link")).first).to_be_visible()
    picture(page, "diagnosis-by-model")
    assert faults(page) == []
    # A person's word on it is kept
    model.get_by_role("button", name="Did not help").click()
    expect(model.get_by_text("Kept.")).to_be_visible()
    model.get_by_role("button", name="what was sent").click()
    expect(page.get_by_role("dialog").get_by_text("steps/place_order").first).to_be_visible()
    page.keyboard.press("Escape")
    # It is there after a reload, and stays when nothing may be sent any more
    page.goto("/workspace/ai")
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw for this workspace").click()
    expect(page.get_by_role("button", name="Allow it for this workspace")).to_be_visible()
    page.goto(f"/executions/{scenes.numbers['failed']}?step=steps/place_order")
    expect(causes.first).to_be_visible()
    expect(model.get_by_role("button", name="Did not help")).to_have_attribute("aria-pressed", "true")
    expect(model.get_by_role("button", name="Analyse anew")).to_have_count(0)
