"""Every page on real runs, kept as pictures: wide and phone, light and dark. STEPWELL_PICTURES names their folder.

Unless somebody wants the pictures, a few of them are enough to know that they can be made.
"""

from playwright.sync_api import Page, expect

from tests.pages.conftest import ALL_PICTURES, PICTURES, picture
from tests.pages.scenes import Scenes

KINDS = ["passed", "failed", "running", "parked", "half", "timed out", "cancelled", "protocols"]
STEPS = [("passed", "seed_catalogue"), ("passed", "read_prices"), ("passed", "recommend"), ("passed", "order_placed")]
STEPS += [("failed", "apply_voucher"), ("failed", "order_row"), ("protocols", "told")]
TABS = ["response", "assertions", "variables", "attempts", "raw"]
# Name, scene, what the address says of the step.
LOOKS = [(f"detail-{scene.replace(' ', '-')}", scene, "") for scene in KINDS]
LOOKS += [(f"step-{step.replace('_', '-')}", scene, f"?step=steps/{step}") for scene, step in STEPS]
LOOKS += [(f"tab-{tab}", "failed", f"?step=steps/place_order&tab={tab}") for tab in TABS]
WANTED = LOOKS if ALL_PICTURES else LOOKS[:1]


def test_pages_have_their_pictures(page: Page, scenes: Scenes) -> None:
    page.goto("/executions")
    expect(page.locator("[data-execution]").first).to_be_visible()
    picture(page, "list", wanted=True)
    page.goto("/executions?q=error:nothing-like-it")
    expect(page.get_by_text("No run matches")).to_be_visible()
    picture(page, "list-empty")
    for name, scene, query in WANTED:
        page.goto(f"/executions/{scenes.numbers[scene]}{query}")
        expect(page.get_by_role("tabpanel")).to_have_attribute("data-loaded", "true")
        picture(page, name, wanted=True)
    for name in ("list", WANTED[0][0]):
        kept = [PICTURES / f"{name}{look}.png" for look in ("", "-dark", "-phone", "-phone-dark")]
        assert len({file.read_bytes() for file in kept}) == len(kept), f"{name}: one looks like another"
