"""Somebody in two workspaces. Last of the pages' stories: from now on the operator has two as well."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.people import make_person, make_token, make_workspace
from tests.running_stack import Stack

NOTED = "name: Pages - noted\nsteps:\n  - id: note\n    action: log\n    config: {message: noted}\n"


def test_a_link_opens_in_its_own_workspace_and_the_choice_stays(stranger: BrowserContext, stack: Stack) -> None:
    # Given somebody in two workspaces, with a run in the second
    make_workspace(stack, "annex", "The annex")
    nora = make_person(stack, "nora", default="viewer", annex="editor")
    headers = {"Authorization": f"Bearer {make_token(stack, nora, 'annex', 'editor')}"}
    with httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=30) as api:
        slug = api.post("/flows", json={"text": NOTED}).json()["slug"]
        execution = api.post("/executions", json={"flow": slug}).json()["id"]
    page = watched(stranger)
    page.goto("/executions")
    nora.sign_in(page)
    page.wait_for_url("**/executions?workspace=default")
    # When she follows a link to it that names no workspace
    page.goto(f"/executions/{execution}", wait_until="commit")
    # Then it opens where it is
    page.wait_for_url(f"**/executions/{execution}?workspace=annex")
    page.get_by_text("Pages - noted").first.wait_for()
    expect(page.get_by_role("button", name="Workspace The annex, switch")).to_be_visible()
    # And the list of that workspace comes next, also in a new tab
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Executions", exact=True).click()
    page.wait_for_url("**/executions?workspace=annex")
    expect(page.locator(f'[data-execution="{execution}"]')).to_be_visible()
    other = watched(stranger)
    other.goto("/executions")
    other.wait_for_url("**/executions?workspace=annex")
    # When she switches back, the page is the other workspace's
    other.get_by_role("button", name="Workspace The annex, switch").click()
    other.get_by_role("menuitem", name="Default workspace").click()
    other.wait_for_url("**/executions?workspace=default")
    expect(other.get_by_role("button", name="Workspace Default workspace, switch")).to_be_visible()
    expect(other.locator(f'[data-execution="{execution}"]')).to_have_count(0)


def watched(context: BrowserContext) -> Page:
    """A tab whose scripts must not fail. Chromium also reports every answer that is no success."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page
