"""The pages of flows and environments as a person meets them, in a browser on the real product."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.e2e.front_door import Api, key
from tests.pages.axe import faults
from tests.pages.conftest import WIDE, picture
from tests.pages.people import make_person
from tests.running_stack import Stack

WRONG = """flow:
  name: {name}
  env: {{GREETING: hello, TIMES: 2}}
  setup:
    - {{id: begin, action: log, config: {{message: begun}}}}
  steps:
    - id: greet
      action: log
      config: {{message: "${{GREETING}} ${{TIMES}}"}}
      asert:
        - 1 == 1
    - id: again
      action: log
      config: {{message: again}}
"""
SECRET = "s3cr3t-of-the-browser"


def name_of(what: str) -> str:
    return f"{what} {key()}"


def write(page: Page, text: str) -> None:
    """Put `text` in the place of what the editor has: import it from a file."""
    file = FilePayload(name="a.flow.yaml", mimeType="text/yaml", buffer=text.encode())
    page.get_by_role("textbox", name="Text of the flow").wait_for()
    page.get_by_label("A flow file").set_input_files(files=[file])


def test_a_flow_with_a_mistake_is_mended_saved_and_run(page: Page) -> None:
    # Given somebody who writes a new flow with a mistake in it
    name = name_of("Pages editor")
    page.goto("/flows")
    page.get_by_role("link", name="New flow").click()
    write(page, WRONG.format(name=name))
    # Then the mistake is told at its line, and the outline has the steps all the same
    problems = page.get_by_role("region", name="Problems")
    expect(problems).to_contain_text("1 error")
    expect(problems).to_contain_text("asert")
    expect(problems).to_contain_text("10:7")
    expect(page.locator(".cm-problem")).to_contain_text("The nearest is assert")
    expect(page.locator(".cm-lineNumbers .cm-wrongLine")).to_have_text("10")
    outline = page.get_by_role("navigation", name="Steps")
    expect(outline.get_by_role("button")).to_have_count(3)
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    picture(page, "flow-editor-wrong")
    # When it is mended by what the line offers, the flow can be saved
    page.locator(".cm-problem").get_by_role("button", name="Replace").click()
    expect(problems).to_contain_text("none")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/flows/pages-editor-*")
    expect(page.get_by_text("version 1", exact=True)).to_be_visible()
    # And run: with another value, from the panel, to the live execution
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_label("TIMES").fill("three")
    expect(page.get_by_text("TIMES is a number")).to_be_visible()
    page.get_by_label("TIMES").fill("3")
    picture(page, "flow-editor")
    page.get_by_role("button", name="Run version 1").click()
    page.wait_for_url(re.compile(r"/executions/\d+"))
    page.locator('[data-step="steps/greet"][data-state="passed"]').wait_for()
    # Then the list tells that it ran, and each cell of the strip opens its run
    page.goto("/flows")
    row = page.locator("[data-flow]").filter(has_text=name)
    expect(row).to_contain_text("100 %")
    expect(row).to_contain_text("of 1")
    picture(page, "flows")


def test_keys_actions_and_names_are_offered_while_typing(page: Page) -> None:
    page.goto("/flows/new")
    write(page, "flow:\n  name: x\n  env: {SHOP: y}\n  steps:\n    - id: a\n      action: htt")
    page.get_by_role("textbox", name="Text of the flow").focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Space")
    offers = page.locator(".cm-tooltip-autocomplete")
    expect(offers).to_contain_text("http_request")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("config: {url: ${SH")
    page.keyboard.press("Control+Space")
    expect(offers).to_contain_text("SHOP")
    # What is not saved is not left by mistake
    page.get_by_role("link", name="Executions").click()
    page.get_by_role("button", name="Stay").click()
    expect(page).to_have_url(re.compile(r"/flows/new"))
    page.get_by_role("link", name="Executions").click()
    page.get_by_role("button", name="Leave without saving").click()
    page.wait_for_url("**/executions**")


def test_versions_are_compared_and_an_old_one_restored(page: Page, api: Api) -> None:
    name = name_of("Pages versions")
    text = WRONG.format(name=name).replace("asert", "assert")
    slug = api.save(text)
    api.ok("PUT", f"/flows/{slug}", json={"text": text.replace("GREETING: hello", "GREETING: goodbye")})
    page.goto(f"/flows/{slug}")
    page.get_by_role("link", name="History").click()
    rows = page.get_by_role("list", name="Versions").locator("[data-version]")
    expect(rows.first).to_contain_text("variables")
    expect(rows.last).to_contain_text("first version")
    diff = page.locator("[data-diff]")
    expect(diff).to_contain_text("hello")
    expect(diff).to_contain_text("goodbye")
    picture(page, "flow-versions")
    page.get_by_role("button", name="Unified").click()
    expect(page.locator('[data-diff="unified"]')).to_contain_text("goodbye")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.locator('[data-version="1"]')).to_contain_text("current")
    assert api.ok("GET", f"/flows/{slug}")["latest_version"] == 1


def test_nobody_saves_over_somebody_else_unseen(page: Page, api: Api) -> None:
    # Given somebody who has a flow open and changes it
    name = name_of("Pages two people")
    text = WRONG.format(name=name).replace("asert", "assert")
    slug = api.save(text)
    page.goto(f"/flows/{slug}")
    write(page, text.replace("message: again", "message: mine"))
    # While somebody else saves
    api.ok("PUT", f"/flows/{slug}", json={"text": text.replace("message: again", "message: theirs")})
    page.get_by_role("button", name="Save").click()
    # Then both texts are there, until the person decides
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("saved version 2")
    expect(page.get_by_role("textbox", name="Text of the flow")).to_contain_text("mine")
    alert.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_text("version 3", exact=True)).to_be_visible()
    assert "mine" in api.ok("GET", f"/flows/{slug}")["text"]


def test_a_secret_goes_into_an_environment_and_never_comes_out(page: Page) -> None:
    name = f"browser-{key()}"
    page.goto("/environments/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Add a variable").click()
    page.get_by_label("Name", exact=True).last.fill("LIMIT")
    page.get_by_label("Kind of LIMIT").select_option("number")
    page.get_by_label("Value of LIMIT").fill("5")
    page.get_by_role("button", name="Add a secret").click()
    page.get_by_label("Name of the secret").fill("TOKEN")
    # A value that would black out the record is refused, in the words of the API
    page.get_by_label("New value of TOKEN").fill("abc")
    page.get_by_role("button", name="Create environment").click()
    expect(page.get_by_role("alert")).to_contain_text("A secret needs at least 6")
    page.get_by_label("New value of TOKEN").fill(SECRET)
    page.get_by_role("button", name="Create environment").click()
    page.wait_for_url(f"**/environments/{name}**")
    # The page has no way to show it, nor has what it was told
    expect(page.get_by_label("New value of TOKEN")).to_have_value("")
    expect(page.get_by_label("Value of LIMIT")).to_have_value("5")
    page.reload()
    expect(page.get_by_label("New value of TOKEN")).to_have_attribute("placeholder", "set; type to replace")
    told = page.request.get(f"/api/v1/environments/{name}").text()
    assert "TOKEN" in told
    assert SECRET not in told + page.content()
    picture(page, "environment")
    # Deleting it takes one save
    page.get_by_role("button", name="Delete TOKEN").click()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("New value of TOKEN")).to_have_count(0)


@pytest.fixture
def viewer(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A tab of somebody who may only read."""
    person = make_person(stack, f"reader-{key()}", default="viewer")
    context = browser.new_context(base_url=stack.url, viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/flows")
    person.sign_in(page)
    yield page
    context.close()


def test_a_viewer_reads_everything_and_finds_nothing_to_save_or_run(viewer: Page) -> None:
    page = viewer
    expect(page.locator("[data-flow]").first).to_be_visible()
    expect(page.get_by_role("link", name="New flow")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Run "))).to_have_count(0)
    page.locator("[data-flow] a[href*='/flows/']").first.click()
    expect(page.get_by_role("textbox", name="Text of the flow")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("button", name="Run", exact=True)).to_have_count(0)
    page.goto("/environments/demo")
    expect(page.get_by_role("region", name="Variables")).to_be_visible()
    expect(page.get_by_role("button", name="Save changes")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a secret")).to_have_count(0)


def test_axe_finds_nothing_grave(page: Page, api: Api) -> None:
    # Given a flow with two versions, a warning, an error of a draft, and a run
    text = WRONG.format(name=name_of("Pages axe")).replace("asert", "assert")
    number = api.start(text, environment="demo")
    slug = api.wait(number).execution["flow"]
    api.ok("PUT", f"/flows/{slug}", json={"text": text.replace("message: again", "message: '${WHERE}'")})
    found: dict[str, list[str]] = {}
    for address, shown in {
        "/flows": f'[data-flow="{slug}"] a[href*="/executions/"]',
        f"/flows/{slug}?panel=run": "form fieldset",
        f"/flows/{slug}/versions": "[data-diff] .cm-content",
        "/environments": '[data-environment="demo"]',
        "/environments/demo": '[aria-label="Secrets"]',
        "/environments/new": '[aria-label="Secrets"]',
    }.items():
        page.goto(address)
        expect(page.locator(shown).first).to_be_visible()
        found[address] = faults(page)
    # And while something is wrong
    page.goto("/flows/new")
    write(page, WRONG.format(name="x"))
    expect(page.locator(".cm-problem")).to_be_visible()
    found["/flows/new"] = faults(page)
    assert {address: one for address, one in found.items() if one} == {}
