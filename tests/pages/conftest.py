"""A browser on the pages of the running product. What it saw is kept as pictures, where somebody wants to look."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.e2e.front_door import Api
from tests.environment import SESSION_FOLDER
from tests.pages.past import make_history
from tests.pages.scenes import Scenes
from tests.running_stack import Stack

ALL_PICTURES = "STEPWELL_PICTURES" in os.environ
PICTURES = Path(os.environ.get("STEPWELL_PICTURES", SESSION_FOLDER / "pictures"))
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 15_000  # under load; what is there sooner is found sooner
expect.set_options(timeout=PATIENCE_MS)
SIGN_IN = re.compile(r"/login/[\w-]+/")
# A window of Chromium has an address bar, hidden here, whose proposals are two more pages to load: dearer than ours.
# The switch takes the place of Playwright's own, of which the rest is what matters to pages that are looked at.
WITHOUT = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,PaintHolding,HttpsUpgrades,OptimizationHints,PreconnectToSearch"
SWITCHES = ["--no-sandbox", f"--disable-features={WITHOUT}"]


# Not for the whole session: while it is open its event loop runs in this thread, and other tests want their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium of the machine, or the one that playwright brought."""
    found = os.environ.get("STEPWELL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield started
        started.close()


@pytest.fixture(scope="package")
def signed_in(browser: Browser, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of somebody who came by the login link that the first start printed."""
    link = SIGN_IN.search((stack.home / "said.txt").read_text())
    assert link is not None, "the stack printed no login link"
    context = browser.new_context(base_url=stack.url)
    page = context.new_page()
    page.goto(link.group())
    page.get_by_role("heading", name="Executions").wait_for()
    kept = tmp_path_factory.mktemp("browser") / "cookies.json"
    context.storage_state(path=kept)
    context.close()
    return kept


@pytest.fixture
def context(browser: Browser, stack: Stack, signed_in: Path) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=stack.url, storage_state=signed_in, viewport=WIDE, reduced_motion="reduce")
    yield made
    made.close()


@pytest.fixture
def stranger(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """A browser that nobody is signed in with, whose tabs must stay without an error in their consoles."""
    made = browser.new_context(base_url=stack.url, viewport=WIDE, reduced_motion="reduce")
    made.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    made.on("console", lambda message: errors.append(message.text) if is_amiss(message, NOT_FOR_ALL) else None)
    made.on("weberror", lambda error: errors.append(str(error.error)))
    yield made
    made.close()
    assert errors == []


# What the API says no to, a browser writes into its console; more of it when somebody may not see everything.
REFUSED = re.compile(r"status of (409|412|422) ")
NOT_FOR_ALL = re.compile(r"status of (401|403|404|409|410|412|422|429) ")


def is_amiss(message: ConsoleMessage, refused: re.Pattern[str] = REFUSED) -> bool:
    return message.type == "error" and not refused.search(message.text)


@pytest.fixture(scope="package")
def tab(browser: Browser, stack: Stack, signed_in: Path) -> Iterator[Page]:
    """One for all who only need somebody signed in: its process has read the scripts of the pages once."""
    context = browser.new_context(base_url=stack.url, storage_state=signed_in, viewport=WIDE, reduced_motion="reduce")
    made = context.new_page()
    made.on("dialog", lambda dialog: dialog.accept())  # it is left, whatever was not saved
    yield made
    context.close()


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """A tab that remembers nothing, and must stay without an error in its console."""
    errors: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if is_amiss(message):
            errors.append(message.text)

    def failed(error: Error) -> None:
        errors.append(str(error))

    tab.set_default_timeout(PATIENCE_MS)
    tab.on("console", said)
    tab.on("pageerror", failed)
    yield tab
    tab.remove_listener("console", said)
    tab.remove_listener("pageerror", failed)
    leave(tab)
    assert errors == []


def leave(page: Page) -> None:
    """As whoever comes next wants to find it."""
    page.context.set_offline(False)
    page.context.unroute_all()
    page.unroute_all()
    page.evaluate("() => { if (location.protocol.startsWith('http')) localStorage.clear() }")
    page.goto("about:blank")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)


@pytest.fixture
def api(stack: Stack) -> Iterator[Api]:
    made = Api(stack)
    yield made
    made.close()


@pytest.fixture(scope="package")
def scenes(stack: Stack) -> Iterator[Scenes]:
    """Runs of every kind, for tests that only look at them."""
    api = Api(stack)
    played = Scenes(api, stack)
    played.play()
    yield played
    played.end()
    api.close()


def picture(page: Page, name: str, *, wanted: bool = ALL_PICTURES) -> None:
    """Keep what the page shows: wide and on a phone, light and dark. Each is drawn anew, which is dear."""
    if not wanted:
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    wide = page.viewport_size or WIDE
    for device, size in {"": wide, "-phone": PHONE}.items():
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=PICTURES / f"{name}{device}{'-dark' if scheme == 'dark' else ''}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(wide)


@pytest.fixture(scope="package")
def past(stack: Stack) -> str:
    """A workspace with a made-up history of some weeks."""
    make_history(stack, workspace="past", executions=700, days=40)
    return "past"
