"""A body of megabytes on the page: read in pieces and kept beside it, so that the page itself stays light."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.front_door import Api

FEW = 200  # rows of a document of which only those in sight are drawn
ITEMS = [{"id": n, "name": f"item {n}", "note": "x" * 160} for n in range(45_000)]
LARGE = json.dumps([*ITEMS, {"id": -1, "name": "the needle"}, *ITEMS[:20]]).encode()
LATER_PIECE = re.compile(r"/payload\?.*offset=[1-9]")
FLOW = """
name: Pages - a large body
steps:
  - {{id: get, action: http_request, config: {{url: "{url}"}}}}
"""


class Large(BaseHTTPRequestHandler):
    """Answers everything with the same nine megabytes."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(LARGE)))
        self.end_headers()
        self.wfile.write(LARGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Nothing into the output of the tests."""


@pytest.fixture
def large() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Large)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_nine_megabytes_are_searched_and_filtered_without_coming_to_the_page(page: Page, api: Api, large: str) -> None:
    assert 8_500_000 < len(LARGE) < 10 * 1024 * 1024
    asked: list[str] = []

    def told(request: Request) -> None:
        asked.append(request.url)

    page.context.on("request", told)
    # Given a run that got nine megabytes
    number = api.start(FLOW.format(url=large))
    assert api.wait(number, seconds=60).status == "passed"
    page.goto(f"/executions/{number}?step=steps/get&tab=response")
    body = page.get_by_role("group", name="Response body")
    expect(body).to_contain_text("item 0")
    # It can be had as a file
    file = page.get_by_role("link", name="Download")
    assert "/payload/file?" in (file.first.get_attribute("href") or "")
    # When all of it is asked for, and a piece of it does not come
    page.context.route(LATER_PIECE, lambda route: route.abort())
    page.get_by_role("button", name="Show all of it").click()
    trouble = page.get_by_role("alert")
    expect(trouble).to_contain_text("The rest could not be read.", timeout=60_000)
    expect(trouble).to_contain_text("The server does not answer.")
    # Then what did come can be searched, and the rest is asked for once more
    search = page.get_by_label("Search in the body")
    search.fill("THE NEEDLE")
    expect(page.get_by_text("nothing", exact=True)).to_be_visible()
    page.context.unroute(LATER_PIECE)
    trouble.get_by_role("button", name="Try again").click()
    # Then the words stay, and are found near the end of all of it, in sight
    expect(page.get_by_text("1 of 1 line")).to_be_visible(timeout=60_000)
    expect(search).to_have_value("THE NEEDLE")
    expect(body).to_contain_text("the needle")
    assert page.locator("[data-line]").count() < FEW
    # And a filter is answered
    page.get_by_label("Filter by a JSONPath").fill("$[?@.id == 44999].name")
    expect(body).to_have_text(re.compile(r'^1"item 44999"$'), timeout=60_000)
    # And nothing but pieces was asked for
    page.context.remove_listener("request", told)
    assert not [url for url in asked if "whole=" in url]
    assert page.evaluate("performance.getEntriesByType('resource').every(one => !one.name.includes('/payload?'))")
