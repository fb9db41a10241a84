"""Flows and environments over HTTP."""

from decimal import Decimal

import pytest

from flows.language import jsontext
from tests.cast import Api, api_of, make_workspace
from workspaces.models import Role

pytestmark = pytest.mark.django_db
SECRET = "s3cr3t-of-the-shop"


def text(name: str, message: str = "hello") -> str:
    return f"flow:\n  name: {name}\n  steps:\n    - {{id: one, action: log, config: {{message: {message}}}}}\n"


@pytest.fixture
def bob() -> Api:
    return api_of(make_workspace(), Role.EDITOR, "bob")


def test_checking_reports_problems_with_their_place(bob: Api) -> None:
    answer = bob.post("/flows/check", {"text": "flow:\n  name: x\n  stepz: []\n"})
    assert answer.status == 200
    errors = [one for one in answer.body["problems"] if one["severity"] == "error"]
    assert any(one["line"] == 3 and one["suggestion"] == "steps" for one in errors)
    assert bob.get("/flows").body["items"] == []


def test_a_flow_is_saved_read_and_listed(bob: Api) -> None:
    saved = bob.post("/flows", {"text": text("Check out")})
    assert saved.status == 201
    assert saved.body["version"]["created"]
    assert bob.post("/flows", {"text": text("Check out")}).status == 200
    second = bob.post("/flows", {"text": text("Check out", "two")})
    assert (second.status, second.body["created"], second.body["version"]["number"]) == (200, False, 2)
    assert bob.get("/flows/check-out").body["text"] == text("Check out", "two")
    assert bob.get("/flows/check-out/versions/1").body["text"] == text("Check out")
    assert [one["number"] for one in bob.get("/flows/check-out/versions").body["items"]] == [2, 1]
    assert [one["slug"] for one in bob.get("/flows").body["items"]] == ["check-out"]


def test_the_files_of_a_flow_are_kept_with_the_version_and_shown_by_name(bob: Api) -> None:
    files = {"protos/shop.proto": 'syntax = "proto3";\n', "../common.proto": "// \x00 ü\n"}
    first = bob.post("/flows", {"text": text("Check out"), "files": files})
    assert first.status == 201
    assert bob.post("/flows", {"text": text("Check out")}).body["version"]["number"] == 2
    assert bob.get("/flows/check-out").body["files"] == {}
    assert bob.get("/flows/check-out/versions/1").body["files"] == files
    assert "files" not in bob.get("/flows/check-out/versions").body["items"][0]
    refused = bob.post("/flows", {"text": text("Check out"), "files": {"x.proto": "x" * 1_000_001}})
    assert (refused.status, refused.body["type"]) == (422, "urn:stepwell:problem:files_invalid")
    assert refused.body["detail"] == "The files of the flow have 1,000,001 bytes together. The most is 1,000,000."


def test_errors_in_a_text_are_a_problem_with_problems(bob: Api) -> None:
    answer = bob.post("/flows", {"text": "flow: {name: x}"})
    assert answer.status == 422
    assert answer.raw["Content-Type"] == "application/problem+json"
    assert answer.body["type"] == "urn:stepwell:problem:flow_invalid"
    assert answer.body["problems"][0]["severity"] == "error"


def test_a_list_is_paged_by_cursor(bob: Api) -> None:
    for number in range(5):
        bob.post("/flows", {"text": text(f"Flow {number}")})
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = bob.get(f"/flows?limit=2&cursor={cursor}").body
        seen += [one["slug"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [f"flow-{number}" for number in range(5)]


def test_a_wrong_slug_is_told_the_nearest(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out")})
    answer = bob.get("/flows/chek-out")
    assert answer.status == 404
    assert "'check-out'" in answer.body["detail"]
    assert bob.get("/flows/check-out/versions/7").status == 404


def test_a_flow_of_another_workspace_is_not_there(bob: Api) -> None:
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    bob.post("/flows", {"text": text("Check out")})
    bob.put("/environments/staging", {"variables": {"A": 1}})
    assert mallory.get("/flows/check-out").status == 404
    assert mallory.get("/environments/staging").status == 404
    assert mallory.get("/flows").body["items"] == []


def test_a_viewer_reads_and_writes_nothing(bob: Api) -> None:
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    bob.post("/flows", {"text": text("Check out")})
    assert charlie.get("/flows/check-out").status == 200
    assert charlie.post("/flows/check", {"text": text("x")}).status == 200
    assert charlie.post("/flows", {"text": text("Other")}).status == 403
    assert charlie.put("/environments/staging", {}).status == 403


def test_an_environment_shows_variables_exactly_and_never_a_secret(bob: Api) -> None:
    put = bob.put("/environments/staging", {"variables": {"PRICE": Decimal("0.10")}, "secrets": {"KEY": SECRET}})
    assert put.status == 200
    read = bob.get("/environments/staging")
    assert jsontext.loads(read.raw.content)["variables"]["PRICE"] == Decimal("0.10")
    assert [(one["name"], one["version"]) for one in read.body["secrets"]] == [("KEY", 1)]
    assert SECRET not in put.raw.content.decode() + read.raw.content.decode()


def test_a_refused_secret_is_not_echoed(bob: Api) -> None:
    answer = bob.put("/environments/staging", {"secrets": {"KEY": "hunter"[:5]}})
    assert answer.status == 422
    assert "hunte" not in answer.raw.content.decode()
    wrong_type = bob.put("/environments/staging", {"secrets": {"KEY": {"value": SECRET}}})
    assert wrong_type.status == 422
    assert SECRET not in wrong_type.raw.content.decode()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/flows/%00", None),
        ("get", "/flows?cursor=%00", None),
        ("get", "/flows?limit=0", None),
        ("get", "/flows?limit=x", None),
        ("get", "/flows/a/versions/99999999999999999999", None),
        ("get", "/environments/%00", None),
        ("put", "/environments/staging", {"variables": {"A\x00": 1}}),
        ("put", "/environments/staging", {"description": "\x00"}),
        ("put", "/environments/staging", {"description": "\ud800"}),
        ("put", "/environments/staging", []),
        ("post", "/flows", {"text": 5}),
        ("post", "/flows", {"text": "a: 1", "slug": ""}),
        ("post", "/flows", "just text"),
    ],
)
def test_nonsense_is_told_so(bob: Api, method: str, path: str, body: object) -> None:
    answer = bob.get(path) if method == "get" else getattr(bob, method)(path, body)
    assert 400 <= answer.status < 500
    assert answer.body["detail"]


def test_a_body_that_is_no_json_is_told_so(bob: Api) -> None:
    response = bob._client.post(
        "/api/v1/flows", b"{", content_type="application/json", headers={"Authorization": f"Bearer {bob.secret}"}
    )
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_viewer_sees_no_secret_that_was_written_into_a_flow(bob: Api) -> None:
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    content = (
        "flow:\n  name: Leaky\n  env:\n    DB_PASSWORD: 'hunter2-hunter2'  # oh\n    PLAIN: x\n"
        "  steps:\n    - {id: one, action: log, config: {message: hello}}\n"
    )
    assert bob.post("/flows", {"text": content}).body["problems"][0]["code"] == "literal_secret"
    assert bob.get("/flows/leaky").body["text"] == content
    shown = content.replace("'hunter2-hunter2'", '"‹secret›"')
    assert charlie.get("/flows/leaky").body["text"] == shown
    assert charlie.get("/flows/leaky/versions/1").body["text"] == shown


def test_a_version_tells_its_steps_in_order(bob: Api) -> None:
    bob.post("/flows", {"text": STEPS})
    steps = bob.get("/flows/steps/versions/1").body["steps"]
    assert [(one["path"], one["action"], one["parent"], one["most_attempts"]) for one in steps] == [
        ("setup/begin", "log", None, 1),
        ("steps/try", "log", None, 3),
        ("steps/try/error_steps/mend", "log", "steps/try", 1),
    ]
    assert steps[1]["name"] == "Try it"


STEPS = """
flow:
  name: Steps
  setup:
    - {id: begin, action: log, config: {message: a}}
  steps:
    - id: try
      name: Try it
      action: log
      config: {message: b}
      retry: {max_attempts: 3}
      error_steps:
        - {id: mend, action: log, config: {message: c}}
"""
