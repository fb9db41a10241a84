"""What axe finds on a page: nothing serious and nothing critical, light or dark."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # what a scheme can change; all else is asked once
RUN = "async (only) => (await axe.run({resultTypes: ['violations'], preload: false, ...only})).violations"


def faults(page: Page) -> list[str]:
    """Each grave fault in a sentence. The page is light again at the end."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())  # by the debugger, so that the policy of the pages stays as it is
    found = _found(page, "light", {}) + _found(page, "dark", {"runOnly": OF_COLOURS})
    page.emulate_media(color_scheme="light")
    return found


def _found(page: Page, scheme: Literal["light", "dark"], only: dict[str, list[str]]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    violations: list[dict[str, Any]] = page.evaluate(RUN, only)
    return [
        f"{scheme}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in violations
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@cache
def _source() -> str:
    return AXE.read_text(encoding="utf-8")
