"""One execution as a file: everything in it, nothing hidden in it, and nothing in it that runs."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from django.test import Client

from executions.status import Status
from tests.cast import Api, api_of, make_workspace
from tests.executions.api.conftest import finish, record, start
from workspaces.models import Role

HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\x00\ud800 ‹secret:KEY›"
FAILED = {"expression": 'body.note == "<b>"', "operator": "==", "passed": False, "held": False, "message": "no </td>"}


def hostile(bob: Api) -> int:
    """A run whose every text wants to be more than text."""
    number = start(bob, labels={"<i>": "</dd><script>"}, variables={"NOTE": "<script>"})
    record(
        number,
        status="failed",
        failure_kind="assertion",
        failure_message="it is <b>no</b> good",
        request={"url": "http://x/?<script>", "body": HOSTILE},
        response={"status": 200, "headers": {"<h>": HOSTILE}, "body": {HOSTILE: [HOSTILE]}},
        assertions=[{**FAILED, "actual": HOSTILE, "expected": "<b>"}],
        captured=[{"name": "note", "path": "body", "value": HOSTILE, "source": "one"}],
        reads=[{"name": "<script>", "source": "flow"}],
        timing={"connect": 1.5},
    )
    record(number, number=2, status="failed", response={"body": "<plaintext>"})
    finish(number, Status.FAILED, failed_step_path="steps/one", failure_message="it is <b>no</b> good")
    return number


class Tags(HTMLParser):
    """What a browser would make elements and attributes of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_page_holds_everything_as_text_and_needs_nothing_from_elsewhere(bob: Api) -> None:
    answer = bob.get(f"/executions/{hostile(bob)}/export?format=html")
    page = answer.body
    assert answer.raw["Content-Disposition"].startswith('attachment; filename="check-out-')
    found = Tags()
    found.feed(page)
    assert not found.tags & {"script", "img", "link", "iframe", "plaintext", "form", "a", "object", "base"}
    assert not {name for name in found.attributes if name.startswith("on") or name in {"src", "href"}}
    assert "default-src 'none'" in page
    for text in ("it is &lt;b&gt;no&lt;/b&gt; good", "&lt;script&gt;alert(1)", "\\u0000\\ud800", "‹secret:KEY›"):
        assert text in page
    assert "not reached" in page  # the step that was never due
    assert "Attempt 2" in page


def test_the_json_is_the_whole_record(bob: Api) -> None:
    number = hostile(bob)
    answer = bob.get(f"/executions/{number}/export?format=json")
    whole = answer.body
    assert (whole["format"], whole["execution"]["id"], whole["flow"]["version"]) == (1, number, 1)
    assert "hello ${NAME}" in whole["flow"]["text"]
    assert whole["overrides"] == {"NOTE": "<script>"}
    assert [move["new"] for move in whole["moves"]] == ["queued"]
    assert [step["path"] for step in whole["never_reached"]] == ["steps/two"]
    [step] = whole["steps"]
    one, two = step["attempts"]
    assert one["response"]["body"] == {HOSTILE: [HOSTILE]}
    assert (one["request"]["body"], one["assertions"][0]["actual"]) == (HOSTILE, HOSTILE)
    assert (one["number"], two["number"], two["response"]["body"]) == (1, 2, "<plaintext>")
    assert one["started_at"].endswith("Z")


def test_a_long_body_is_whole_in_json_and_says_on_the_page_where_it_ends(bob: Api) -> None:
    number = start(bob)
    record(number, response={"body": "y" * 1_000_000})
    step = bob.get(f"/executions/{number}/export?format=json").body["steps"][0]
    assert len(step["attempts"][0]["response"]["body"]) == 1_000_000
    page = bob.get(f"/executions/{number}/export").body
    assert "the JSON export has the rest" in page
    assert len(page) < 400_000


def test_junit_is_what_the_command_line_writes(bob: Api) -> None:
    root = ET.fromstring(bob.get(f"/executions/{hostile(bob)}/export?format=junit").body)
    [suite] = root.findall("testsuite")
    cases = {case.get("name"): case for case in suite.findall("testcase")}
    assert set(cases) == {"steps/one", "steps/two"}
    failure = cases["steps/one"].find("failure")
    assert failure is not None
    assert failure.get("type") == "assertion"
    skipped = cases["steps/two"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "never reached"


def test_a_viewer_gets_the_flow_without_the_secrets_written_into_it(bob: Api) -> None:
    loose = (
        "flow: {name: Loose, env: {API_TOKEN: hunter2-hunter2}, steps: [{id: a, action: log, config: {message: x}}]}"
    )
    bob.post("/flows", {"text": loose})
    number = bob.post("/executions", {"flow": "loose"}).body["id"]
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    for form in ("html", "json"):
        assert "hunter2" not in json.dumps(charlie.get(f"/executions/{number}/export?format={form}").body)
    assert charlie.get(f"/executions/{number}/export?format=pdf").status == 422


def test_another_workspaces_execution_is_exported_to_nobody(bob: Api) -> None:
    number = start(bob)
    assert api_of(make_workspace("other"), Role.ADMIN).get(f"/executions/{number}/export").status == 404
    assert Client().get(f"/api/v1/executions/{number}/export").status_code == 401
