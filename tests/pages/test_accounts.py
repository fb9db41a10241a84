"""Signing in and one's password, as somebody meets them who is no operator."""

from playwright.sync_api import Browser, BrowserContext, expect

from tests.pages.conftest import PICTURES, picture
from tests.pages.people import make_person
from tests.running_stack import Stack


def test_a_member_signs_in_is_led_back_and_signs_out(stranger: BrowserContext, stack: Stack) -> None:
    # Given a viewer who is no operator, and a link to a search
    vera = make_person(stack, "vera", default="viewer")
    page = stranger.new_page()
    page.goto("/executions?q=status%3Apassed")
    picture(page, "sign-in")
    # When she mistypes, and then does not
    vera.sign_in(page, "not-her-password")
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("User name")).to_have_value("vera")
    expect(page.get_by_label("Password")).to_be_focused()
    vera.sign_in(page)
    # Then she is where the link leads, the rail says who she is and where, and there is no admin
    page.get_by_role("heading", name="Executions").wait_for()
    assert page.url.endswith("/executions?q=status%3Apassed")
    rail = page.get_by_role("navigation", name="Main")
    expect(rail).to_contain_text("Default workspace")
    expect(rail.get_by_role("link", name="Admin")).to_have_count(0)
    rail.get_by_role("button", name="Signed in as vera").click()
    expect(page.get_by_role("menu")).to_contain_text("vera, viewer in Default workspace")
    page.screenshot(path=PICTURES / "account-menu.png")
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=PICTURES / "account-menu-dark.png")
    page.emulate_media(color_scheme="light")
    # And she signs out again
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_role("heading", name="Sign in to Stepwell").wait_for()
    page.goto("/executions")
    page.get_by_role("heading", name="Sign in to Stepwell").wait_for()


def test_a_changed_password_ends_the_other_session_which_finds_back(browser: Browser, stack: Stack) -> None:
    # Given somebody with two browsers
    paul = make_person(stack, "paul", default="editor")
    here, elsewhere = browser.new_context(base_url=stack.url), browser.new_context(base_url=stack.url)
    first, second = here.new_page(), elsewhere.new_page()
    for page in (first, second):
        page.set_default_timeout(15_000)
        page.goto("/executions")
        paul.sign_in(page)
        page.get_by_role("heading", name="Executions").wait_for()
    # When he changes the password in the first
    first.get_by_role("button", name="Signed in as paul").click()
    first.get_by_role("menuitem", name="Change password").click()
    first.get_by_label("Old password").fill(paul.password)
    first.get_by_label("New password", exact=True).fill("another-horse-8")
    first.get_by_label("New password confirmation").fill("another-horse-8")
    picture(first, "password")
    first.get_by_role("button", name="Change the password").click()
    expect(first.get_by_role("status")).to_contain_text("signed out")
    first.get_by_role("link", name="Go on").click()
    first.get_by_role("heading", name="Executions").wait_for()
    # Then the second, at the next thing it asks for, is where one signs in, and comes back to where it was
    box = second.get_by_role("combobox").or_(second.get_by_role("searchbox")).or_(second.get_by_role("textbox")).first
    box.fill("status:passed")
    box.press("Enter")
    second.get_by_role("heading", name="Sign in to Stepwell").wait_for()
    paul.sign_in(second, "another-horse-8")
    second.get_by_role("heading", name="Executions").wait_for()
    assert "/executions" in second.url
    here.close()
    elsewhere.close()
