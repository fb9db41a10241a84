"""What a stack on one machine starts with, and what a second start leaves alone."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from flows.models import Environment, Flow
from flows.operations.save_flow import save_flow
from workspaces.models import ApiToken, Workspace

pytestmark = pytest.mark.django_db
EXAMPLE = "flow:\n  name: Example\n  steps:\n    - {id: one, action: log, config: {message: hello}}\n"


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    flows = tmp_path / "code" / "examples" / "flows"
    flows.mkdir(parents=True)
    (flows / "example.yaml").write_text(EXAMPLE)
    (flows / "broken.yaml").write_text("flow: {name: x}")
    settings.BASE_DIR = tmp_path / "code"
    return tmp_path


def set_up(home: Path, capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    call_command("setup_embedded", home=home, **options)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_first_start_makes_everything(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = set_up(home, capsys)
    assert (answer["workspace"], answer["flows_saved"]) == ("default", 1)
    assert Flow.objects.get(workspace__slug="default").slug == "example"
    token = (home / "cli-token").read_text().strip()
    assert stat.S_IMODE((home / "cli-token").stat().st_mode) == 0o600
    assert Client().get("/api/v1/flows", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert Client().get(answer["login_path"]).headers["Location"] == "/"


def test_a_second_start_makes_nothing_twice(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(home, capsys)
    token = (home / "cli-token").read_text()
    assert set_up(home, capsys)["flows_saved"] == 0
    assert (home / "cli-token").read_text() == token
    assert (Workspace.objects.count(), ApiToken.objects.count()) == (1, 1)


def test_what_was_made_of_an_example_stays(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(home, capsys)
    mine = EXAMPLE.replace("hello", "mine")
    save_flow(workspace=Workspace.objects.get(slug="default"), text=mine, by=None)
    set_up(home, capsys)
    latest = Flow.objects.get(slug="example").latest_version
    assert latest is not None
    assert latest.text == mine


def test_a_lost_token_file_is_made_anew_and_the_old_token_ends(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(home, capsys)
    old = (home / "cli-token").read_text().strip()
    (home / "cli-token").unlink()
    set_up(home, capsys)
    new = (home / "cli-token").read_text().strip()
    statuses = [
        Client().get("/api/v1/flows", headers={"Authorization": f"Bearer {one}"}).status_code for one in (old, new)
    ]
    assert statuses == [401, 200]


def test_the_shops_addresses_become_an_environment(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ready = home / "ready.json"
    for port in (5016, 5026):  # it may have moved
        ready.write_text(json.dumps({"pid": 1, "environment": {"SHOP_URL": f"http://127.0.0.1:{port}"}}))
        set_up(home, capsys, shop_ready_file=ready)
        assert Environment.objects.get(name="demo").plain_variables() == {"SHOP_URL": f"http://127.0.0.1:{port}"}


def test_a_file_that_is_none_of_the_shops_is_told_so(home: Path) -> None:
    (home / "ready.json").write_text("[]")
    with pytest.raises(CommandError, match=r"ready\.json"):
        call_command("setup_embedded", home=home, shop_ready_file=home / "ready.json")
