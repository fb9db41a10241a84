"""Two people at one flow or environment: nobody's work is lost, and nobody writes what they may not."""

import pytest

from tests.cast import Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
SECRET = "s3cr3t-of-the-shop"


def text(name: str, message: str = "hello", more: str = "") -> str:
    return f"flow:\n  name: {name}\n{more}  steps:\n    - {{id: one, action: log, config: {{message: {message}}}}}\n"


@pytest.fixture
def bob() -> Api:
    return api_of(make_workspace(), Role.EDITOR, "bob")


def member(bob: Api, role: Role) -> Api:
    return api_of(bob.workspace, role, role.value)


def verbs(bob: Api) -> list[str]:
    return list(AuditEntry.objects.filter(workspace=bob.workspace).order_by("pk").values_list("verb", flat=True))


def test_who_saves_over_what_they_saw_makes_the_next_version(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out")})
    read = bob.get("/flows/check-out")
    saved = bob.put("/flows/check-out", {"text": text("Check out", "two")}, If_Match=read.raw["ETag"])
    assert (saved.status, saved.body["version"]["number"]) == (200, 2)
    assert saved.raw["ETag"] == f'"{saved.body["tag"]}"' == bob.get("/flows/check-out").raw["ETag"]
    row = bob.get("/flows").body["items"][0]
    assert row["updated_by"].startswith("bob")
    assert bob.put("/flows/check-out", {"text": text("Check out", "three")}, If_Match="*").status == 200


def test_who_saves_over_what_somebody_else_saved_since_is_told_and_saves_nothing(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out")})
    seen = bob.get("/flows/check-out").body["tag"]
    bob.put("/flows/check-out", {"text": text("Check out", "theirs")})
    answer = bob.put("/flows/check-out", {"text": text("Check out", "mine")}, If_Match=f'"{seen}"')
    assert (answer.status, answer.body["type"]) == (412, "urn:stepwell:problem:flow_changed")
    assert answer.body["version"] == 2
    assert "saved version 2 since you read it" in answer.body["detail"]
    assert "theirs" in bob.get("/flows/check-out").body["text"]


def test_a_new_flow_does_not_become_a_version_of_one_that_is_there(bob: Api) -> None:
    assert bob.post("/flows", {"text": text("Check out")}, If_None_Match="*").status == 201
    answer = bob.post("/flows", {"text": text("Check out", "two")}, If_None_Match="*")
    assert (answer.status, answer.body["type"]) == (412, "urn:stepwell:problem:flow_taken")
    assert answer.body["slug"] == "check-out"
    assert bob.get("/flows/check-out").body["latest_version"] == 1


def test_a_flow_renamed_in_its_text_keeps_its_slug_and_its_files(bob: Api) -> None:
    files = {"shop.proto": 'syntax = "proto3";\n'}
    bob.post("/flows", {"text": text("Check out"), "files": files})
    assert bob.put("/flows/check-out", {"text": text("Purchase")}).body["slug"] == "check-out"
    read = bob.get("/flows/check-out").body
    assert (read["name"], read["files"]) == ("Purchase", files)
    assert bob.put("/flows/check-out", {"text": text("Purchase"), "files": {}}).body["version"]["number"] == 3
    assert bob.put("/flows/nowhere", {"text": text("x")}).status == 404


def test_a_version_tells_in_one_line_what_it_changed(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out")})
    bob.put("/flows/check-out", {"text": "# said\n" + text("Check out")})
    bob.put("/flows/check-out", {"text": text("Check out", "two", more="  env: {A: 1}\n")})
    added = "    - {id: two, action: delay, config: {duration: 1}}\n"
    bob.put("/flows/check-out", {"text": text("Check out", "two") + added})
    rows = bob.get("/flows/check-out/versions").body["items"]
    assert [row["change"] for row in reversed(rows)] == [
        "first version",
        "comments or layout",
        "one changed; variables",
        "two added; variables",
    ]
    assert [row["is_latest"] for row in rows] == [True, False, False, False]


def test_an_old_text_restored_is_its_old_version_again(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out")})
    bob.put("/flows/check-out", {"text": text("Check out", "two")})
    seen = bob.get("/flows/check-out").body["tag"]
    assert bob.put("/flows/check-out", {"text": text("Check out")}, If_Match=seen).body["version"]["number"] == 1
    assert [row["is_latest"] for row in bob.get("/flows/check-out/versions").body["items"]] == [False, True]


def test_an_archived_flow_leaves_the_list_and_comes_back(bob: Api) -> None:
    alice = member(bob, Role.ADMIN)
    bob.post("/flows", {"text": text("Check out")})
    assert bob.delete("/flows/check-out").status == 403
    assert alice.delete("/flows/check-out").status == 204
    assert alice.delete("/flows/check-out").status == 204
    assert bob.get("/flows").body["items"] == []
    assert [one["slug"] for one in bob.get("/flows?archived=true").body["items"]] == ["check-out"]
    assert bob.get("/flows/check-out").body["archived_at"]
    assert alice.post("/flows/check-out/unarchive").status == 200
    assert len(bob.get("/flows").body["items"]) == 1
    assert verbs(bob)[-3:] == ["flow.saved", "flow.archived", "flow.unarchived"]


def test_a_list_is_narrowed_by_text_tag_and_suite(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out", more="  tags: [money, smoke]\n  suite: nightly\n")})
    bob.post("/flows", {"text": text("Refund", more="  tags: [money]\n")})
    bob.post("/flows", {"text": text("Search 100%")})

    def slugs(query: str) -> list[str]:
        return [one["slug"] for one in bob.get(f"/flows?{query}").body["items"]]

    assert slugs("q=CHECK") == ["check-out"]
    assert slugs("q=100%25") == ["search-100"]
    assert slugs("tag=money") == ["check-out", "refund"]
    assert slugs("tag=smoke,nothing") == ["check-out"]
    assert slugs("suite=nightly") == ["check-out"]
    assert slugs("q=%25") == ["search-100"]
    words = bob.get("/flows/-/words").body
    assert words["tags"] == [{"name": "money", "flows": 2}, {"name": "smoke", "flows": 1}]
    assert words["suites"] == [{"name": "nightly", "flows": 1}]


def test_a_page_stays_where_it_was_when_flows_come_and_go(bob: Api) -> None:
    for name in ("b", "d", "f"):
        bob.post("/flows", {"text": text(name)})
    first = bob.get("/flows?limit=2").body
    for name in ("a", "c", "e"):
        bob.post("/flows", {"text": text(name)})
    second = bob.get(f"/flows?limit=2&cursor={first['next']}").body
    assert [one["slug"] for one in second["items"]] == ["e", "f"]


def test_an_editor_is_told_the_language(bob: Api) -> None:
    answer = bob.get("/flows/-/language")
    assert answer.body["flow_schema"]["$defs"]["step"]["properties"]["assert"]
    assert "RANDOM_ID" in answer.body["builtins"]
    assert "len" in answer.body["functions"]
    assert bob.get("/flows/-/language", If_None_Match=answer.raw["ETag"]).status == 304


def test_names_of_an_environment_draw_no_warning(bob: Api) -> None:
    bob.put("/environments/staging", {"variables": {"SHOP": "x"}, "secrets": {"KEY": SECRET}})
    content = text("x", "'${SHOP} ${KEY} ${GONE}'")

    def unknown(**more: str) -> list[str]:
        return [one["message"] for one in bob.post("/flows/check", {"text": content, **more}).body["problems"]]

    assert len(unknown()) == 3
    assert len(unknown(environment="staging")) == 1
    assert bob.post("/flows/check", {"text": content, "environment": "nowhere"}).status == 404


def test_a_version_tells_its_variables_and_a_viewer_no_secret_among_them(bob: Api) -> None:
    more = "  config: {timeout: 90s}\n  env: {DB_PASSWORD: hunter2-hunter2, PLAIN: 3}\n"
    bob.post("/flows", {"text": text("Leaky", more=more)})
    read = bob.get("/flows/leaky/versions/1").body
    assert (read["env"], read["timeout_seconds"]) == ({"DB_PASSWORD": "hunter2-hunter2", "PLAIN": 3}, 90)
    shown = member(bob, Role.VIEWER).get("/flows/leaky/versions/1")
    assert shown.body["env"] == {"DB_PASSWORD": "‹secret›", "PLAIN": 3}
    assert "hunter2" not in shown.raw.content.decode()


def test_an_environment_is_changed_only_over_what_was_seen(bob: Api) -> None:
    made = bob.put("/environments/staging", {"variables": {"A": 1}}, If_None_Match="*")
    assert made.status == 200
    assert bob.put("/environments/staging", {}, If_None_Match="*").status == 409
    bob.put("/environments/staging", {"description": "theirs"})
    answer = bob.put("/environments/staging", {"variables": {"A": 2}}, If_Match=made.raw["ETag"])
    assert (answer.status, answer.body["type"]) == (412, "urn:stepwell:problem:environment_changed")
    read = bob.get("/environments/staging")
    assert (read.body["variables"], read.body["description"]) == ({"A": 1}, "theirs")
    assert bob.put("/environments/staging", {"variables": {"A": 2}}, If_Match=read.raw["ETag"]).status == 200
    assert bob.put("/environments/nowhere", {}, If_Match='"x"').status == 412
    assert bob.get("/environments/nowhere").status == 404


def test_an_environment_is_renamed_with_everything_in_it(bob: Api) -> None:
    before = bob.put("/environments/staging", {"variables": {"A": 1}, "secrets": {"KEY": SECRET}}).body
    bob.put("/environments/other", {})
    assert bob.post("/environments/staging/rename", {"name": "other"}).status == 409
    assert bob.post("/environments/staging/rename", {"name": "a b"}).status == 422
    after = bob.post("/environments/staging/rename", {"name": "preview"})
    assert (after.body["name"], after.body["revision"]) == ("preview", before["revision"])
    assert bob.get("/environments/staging").status == 404
    assert "environment.renamed" in verbs(bob)


def test_only_an_admin_deletes_an_environment(bob: Api) -> None:
    alice, charlie = member(bob, Role.ADMIN), member(bob, Role.VIEWER)
    bob.put("/environments/staging", {"secrets": {"KEY": SECRET}})
    for somebody in (bob, charlie):
        assert somebody.delete("/environments/staging").status == 403
    assert charlie.post("/environments/staging/rename", {"name": "x"}).status == 403
    assert alice.delete("/environments/staging", If_Match='"something else"').status == 412
    assert alice.delete("/environments/staging").status == 204
    assert alice.delete("/environments/staging").status == 404
    assert verbs(bob)[-1] == "environment.deleted"


def test_a_viewer_writes_no_flow(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out")})
    charlie = member(bob, Role.VIEWER)
    assert charlie.put("/flows/check-out", {"text": text("Check out", "two")}).status == 403
    assert charlie.delete("/flows/check-out").status == 403
    assert charlie.post("/flows/check-out/unarchive").status == 403


def test_what_is_another_workspaces_is_not_there(bob: Api) -> None:
    bob.post("/flows", {"text": text("Check out", more="  tags: [money]\n")})
    bob.put("/environments/staging", {})
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    assert mallory.put("/flows/check-out", {"text": text("x")}).status == 404
    assert mallory.delete("/flows/check-out").status == 404
    assert mallory.post("/environments/staging/rename", {"name": "x"}).status == 404
    assert mallory.delete("/environments/staging").status == 404
    assert mallory.get("/flows/-/words").body == {"tags": [], "suites": []}
    assert mallory.post("/flows/check", {"text": text("x"), "environment": "staging"}).status == 404
