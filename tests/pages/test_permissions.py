"""Who may only look, and who may not even do that."""

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.people import make_person, make_token, make_workspace
from tests.pages.scenes import Scenes
from tests.running_stack import Stack


def test_a_viewer_finds_no_button_and_is_refused_by_the_api(
    stranger: BrowserContext, stack: Stack, scenes: Scenes
) -> None:
    # Given somebody who is a viewer here
    viktor = make_person(stack, "viktor", default="viewer")
    page = stranger.new_page()
    page.goto(f"/executions/{scenes.numbers['failed']}")
    viktor.sign_in(page)
    # Then the run is there to read, and nothing to start or stop it
    expect(page.get_by_role("tabpanel")).to_have_attribute("data-loaded", "true")
    expect(page.get_by_role("button", name="Re-run")).to_have_count(0)
    page.goto(f"/executions/{scenes.numbers['running']}")
    expect(page.get_by_role("tabpanel")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel run")).to_have_count(0)
    # And the API says the same
    headers = {"Authorization": f"Bearer {make_token(stack, viktor, 'default', 'viewer')}"}
    with httpx.Client(base_url=f"{stack.url}/api/v1", headers=headers, timeout=30) as api:
        assert api.post(f"/executions/{scenes.numbers['failed']}/rerun", json={}).status_code == 403
        assert api.post(f"/executions/{scenes.numbers['running']}/cancel").status_code == 403


def test_a_run_of_another_workspace_is_not_there(stranger: BrowserContext, stack: Stack, scenes: Scenes) -> None:
    make_workspace(stack, "elsewhere", "Elsewhere")
    mallory = make_person(stack, "mallory", elsewhere="admin")
    page = stranger.new_page()
    page.goto("/executions")
    mallory.sign_in(page)
    page.wait_for_url("**/executions**")
    number = scenes.numbers["running"]
    page.goto(f"/executions/{number}")
    expect(page.get_by_role("alert")).to_contain_text(f"There is no execution #{number}")
    assert closing_code(page, number) == 4404


def closing_code(page: Page, number: int) -> int:
    """With what a WebSocket from this page is closed."""
    code: int = page.evaluate(
        """(number) => new Promise((resolve) => {
            const socket = new WebSocket(`ws://${location.host}/ws/executions/${number}/`)
            socket.onclose = (event) => resolve(event.code)
        })""",
        number,
    )
    return code
