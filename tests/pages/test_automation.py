"""Who is told of what, and what may start flows from outside, on the pages of the workspace."""

import httpx
from playwright.sync_api import Page, expect

from tests.pages.axe import faults
from tests.pages.conftest import PHONE
from tests.pages.scenes import Scenes
from tests.running_stack import Stack

HOOKED = (
    "name: Pages - hooked\nenv: {WHO: nobody}\nsteps:\n  - {id: note, action: log, config: {message: 'for ${WHO}'}}\n"
)
NOBODY = "http://127.0.0.1:9/s3cr3t-part"  # where nobody listens


def test_targets_rules_and_what_was_delivered(page: Page, scenes: Scenes) -> None:
    page.goto("/workspace/notifications")
    expect(page.get_by_text("No rule yet. First make a target.")).to_be_visible()
    # When somebody makes a target, its signing key is shown once, and its address never again
    page.get_by_role("button", name="New target").click()
    page.get_by_label("Name").fill("on-call")
    page.get_by_label("Address").fill(NOBODY)
    page.get_by_role("button", name="Create target").click()
    expect(page.locator("[data-once]")).to_contain_text("swk_")
    page.get_by_role("button", name="I have it").click()
    target = page.locator('[data-target="on-call"]')
    expect(target).to_contain_text("http://127.0.0.1/…")
    # And a rule for it, which can be changed
    page.get_by_role("button", name="New rule").click()
    page.get_by_label("When", exact=True).select_option("recovery")
    page.get_by_role("button", name="Create rule").click()
    rule = page.locator("[data-rule]")
    expect(rule).to_contain_text("It passes again")
    rule.get_by_role("button", name="Edit").click()
    page.get_by_label("When", exact=True).select_option("failures")
    page.get_by_label("So many failed").fill("2")
    page.get_by_role("button", name="Save rule").click()
    expect(rule).to_contain_text("2 of the last 5 runs failed")
    # When they try it, the log says why it did not arrive, and the address is not in it
    target.get_by_role("button", name="Test").click()
    expect(page.locator("[data-delivery]")).to_contain_text("Tried 1 time:", timeout=60_000)
    assert "s3cr3t" not in page.content()
    assert faults(page) == []
    page.set_viewport_size(PHONE)
    assert fits(page)
    # And a target goes with its rules and its log
    target.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete on-call, its rules and its log").click()
    expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()
    expect(rule).to_have_count(0)


def test_a_hook_is_made_called_changed_and_revoked(page: Page, scenes: Scenes, stack: Stack) -> None:
    scenes.api.ok("POST", "/flows", json={"text": HOOKED})
    page.goto("/workspace/hooks")
    page.get_by_role("button", name="New hook").click()
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_label("Flow").fill("pages-hooked")
    page.get_by_role("button", name="Add a variable").click()
    page.get_by_label("Name of the variable").fill("WHO")
    page.get_by_label("Path of WHO").fill("body.[")
    page.get_by_role("button", name="Create hook").click()
    # What cannot be read is refused at once, and nothing typed is lost
    expect(page.get_by_role("alert")).to_contain_text("The path of WHO cannot be read")
    page.get_by_label("Path of WHO").fill("body.customer.name")
    page.get_by_role("button", name="Create hook").click()
    url = page.locator("[data-once]").inner_text()
    expect(page.get_by_text('{"customer":{"name":"<WHO>"}}')).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="I have it").click()
    # When another program posts to it, the call is there
    assert httpx.post(url, json={"customer": {"name": "alice"}}, timeout=30).status_code == 201
    page.get_by_role("button", name="Last calls of shop").click()
    expect(page.get_by_role("link", name="Pages - hooked")).to_be_visible()
    # And it can be changed, and taken out of use
    page.get_by_role("button", name="Edit shop").click()
    page.get_by_label("Calls a minute").fill("5")
    page.get_by_role("button", name="Save hook").click()
    hook = page.locator('[data-hook="shop"]')
    expect(hook.get_by_role("cell").nth(3)).to_have_text("5")
    page.set_viewport_size(PHONE)
    assert fits(page)
    hook.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="Revoke shop").click()
    expect(hook).to_contain_text("revoked")
    assert httpx.post(url, json={}, timeout=30).status_code == 404


def fits(page: Page) -> bool:
    """Whether nothing of the page, the bar aside, is wider than the phone."""
    return bool(page.evaluate("(main => main.scrollWidth <= main.clientWidth)(document.querySelector('main'))"))
