"""Signing in, one's password, tokens and members, as people meet them who are no operators."""

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.pages.conftest import ALL_PICTURES, PICTURES, picture
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
    if ALL_PICTURES:
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
    here, elsewhere = (browser.new_context(base_url=stack.url, reduced_motion="reduce") for _ in range(2))
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


def test_a_token_is_made_used_over_http_and_revoked(stranger: BrowserContext, stack: Stack) -> None:
    # Given an editor, and a viewer's token that she makes
    tess = make_person(stack, "tess", default="editor")
    page = stranger.new_page()
    page.goto("/workspace")
    tess.sign_in(page)
    form = page.locator("form", has=page.get_by_role("button", name="Create token"))
    form.get_by_label("Name").fill("nightly")
    expect(form.get_by_label("Role").get_by_role("option")).to_have_text(["viewer", "editor"])
    form.get_by_label("Role").select_option("viewer")
    form.get_by_role("button", name="Create token").click()
    secret = page.locator("[data-once]").inner_text()
    picture(page, "tokens")
    # Then it reads, and does not write
    with httpx.Client(base_url=f"{stack.url}/api/v1", headers={"Authorization": f"Bearer {secret}"}) as api:
        assert api.get("/me").json()["user"] == "tess"
        assert api.post("/flows", json={"text": "name: x\nsteps: []\n"}).status_code == 403
        # And once it is revoked it opens nothing; the secret is nowhere to be seen again
        page.get_by_role("button", name="I have it").click()
        row = page.locator('[data-token="nightly"]')
        row.get_by_role("button", name="Revoke").click()
        row.get_by_role("button", name="Revoke nightly").click()
        expect(row).to_contain_text("revoked")
        assert api.get("/me").status_code == 401
    page.reload()
    expect(page.locator('[data-token="nightly"]')).to_contain_text("revoked")
    assert secret not in page.content()


def test_a_viewer_sees_no_page_of_the_admins(stranger: BrowserContext, stack: Stack) -> None:
    vito = make_person(stack, "vito", default="viewer")
    page = stranger.new_page()
    page.goto("/workspace/members")
    vito.sign_in(page)
    expect(page.get_by_role("alert")).to_contain_text("no page members here for the role viewer")
    tabs = page.get_by_role("navigation", name="Workspace")
    expect(tabs.get_by_role("link")).to_have_text(["API tokens", "Notifications", "Hooks", "AI analysis"])
    tabs.get_by_role("link", name="API tokens").click()
    expect(page.get_by_label("Role").get_by_role("option")).to_have_text(["viewer"])
    page.goto("/admin/")
    page.get_by_role("heading", name="The admin is for operators").wait_for()


def test_an_admin_invites_somebody_who_sets_a_password_and_is_led_in(
    page: Page, stranger: BrowserContext, stack: Stack
) -> None:
    # Given the owner, who makes a user and the link
    page.goto("/workspace/members")
    form = page.locator("form")
    page.get_by_label("Somebody without an account").check()
    page.get_by_label("User name").fill("ingrid")
    form.get_by_label("Role").select_option("editor")
    page.get_by_role("button", name="Create user and link").click()
    expect(form).to_have_count(0)
    link = page.locator("[data-once]").inner_text()
    picture(page, "members")
    # When ingrid opens it and sets a password
    hers = stranger.new_page()
    hers.goto(link)
    hers.get_by_label("New password", exact=True).fill("a-new-horse-9")
    hers.get_by_label("New password confirmation").fill("a-new-horse-9")
    hers.get_by_role("button", name="Set the password").click()
    hers.get_by_role("link", name="Go on").click()
    # Then she is in, and the owner sees it all in the audit log
    hers.get_by_role("button", name="Signed in as ingrid").wait_for()
    page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Audit log").click()
    page.get_by_label("What", exact=True).fill("member.")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**verb=member.**")
    expect(page.get_by_role("row", name="ingrid").first).to_contain_text("member.invited")
    picture(page, "audit")
    # And takes her out again
    page.get_by_role("navigation", name="Workspace").get_by_role("link", name="Members").click()
    row = page.locator('[data-member="ingrid"]')
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Remove ingrid").click()
    expect(row).to_have_count(0)
    hers.reload()
    expect(hers.get_by_role("alert")).to_contain_text("member of no workspace")
    hers.get_by_role("button", name="Sign out").click()
    hers.get_by_role("heading", name="Sign in to Stepwell").wait_for()
