"""A step run over HTTP: never ten megabytes at once, and never a character that cannot be had."""

from executions.models import Execution
from flows.language import jsontext
from tests.cast import Api, api_of, make_workspace
from tests.executions.api.conftest import record, start
from workspaces.models import Role

LONG = "ä€😀" * 100_000


def test_a_long_body_comes_in_pieces(bob: Api) -> None:
    # Given a step that got a long text, and captured it
    execution = start(bob)
    captured = [{"name": "all", "path": "body", "value": LONG, "source": "one"}]
    record(execution, response={"status": 200, "body": LONG}, captured=captured)
    # When it is read
    [attempt] = bob.get(f"/executions/{execution}/steps/steps/one").body["attempts"]
    # Then the beginning is there, with how much there is
    assert attempt["response"]["status"] == 200
    notes = {(note["part"], note["pointer"]): note for note in attempt["shortened"]}
    assert set(notes) == {("response", "/body"), ("captured", "/0/value")}
    note = notes["response", "/body"]
    assert (note["kind"], note["total"]) == ("text", len(LONG))
    assert attempt["response"]["body"] == LONG[: note["shown"]]
    # And the rest is had piece by piece, from where the beginning ended
    url, text, offset = f"/executions/{execution}/steps/steps/one/attempts/1/payload", "", note["shown"]
    while offset is not None:
        piece = bob.get(f"{url}?part=response&pointer=/body&offset={offset}&limit=100000").body
        assert (piece["offset"], piece["total"]) == (offset, len(LONG))
        text, offset = text + piece["text"], piece["next"]
    assert attempt["response"]["body"] + text == LONG


def test_all_of_it_comes_when_all_is_asked_for(bob: Api) -> None:
    execution = start(bob)
    record(execution, response={"body": LONG})
    [attempt] = bob.get(f"/executions/{execution}/steps/steps/one?whole=true").body["attempts"]
    assert (attempt["response"]["body"], attempt["shortened"]) == (LONG, [])


def test_a_piece_that_is_not_there_is_404(bob: Api) -> None:
    execution = start(bob)
    record(execution, response={"body": "x"})
    url = f"/executions/{execution}/steps/steps/one/attempts"
    wrong = ["1/payload?part=request", "1/payload?part=response&pointer=/nope", "2/payload?part=response"]
    assert [bob.get(f"{url}/{one}").status for one in wrong] == [404, 404, 404]
    assert bob.get(f"{url}/1/payload?part=everything").status == 422
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    assert mallory.get(f"{url}/1/payload?part=response").status == 404
    assert Execution.objects.filter(pk=execution).exists()


def test_a_body_is_downloaded_as_a_file_also_from_where_it_broke_off(bob: Api) -> None:
    execution = start(bob)
    record(execution, response={"body": LONG})
    url = f"/executions/{execution}/steps/steps/one/attempts/1/payload/file?part=response"
    whole = LONG.encode()
    assert bob.get(f"{url}&pointer=/body").raw.content == whole
    assert bob.get(url).raw.content == jsontext.dumps({"body": LONG}).encode()
    rest = bob.get(f"{url}&pointer=/body", Range="bytes=99-")
    assert (rest.status, rest.raw.content) == (206, whole[99:])
    beyond = bob.get(f"{url}&pointer=/body", Range=f"bytes={len(whole)}-")
    assert (beyond.status, beyond.raw["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert api_of(make_workspace("other"), Role.ADMIN, "mallory").get(url).status == 404
