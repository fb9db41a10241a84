"""`stepwell limits`, `hooks` and `notifications`, against a server that answers as told."""

from typing import Any

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.scripted_server import Answer, ScriptedServer

HOOK: dict[str, Any] = {
    "id": 4, "name": "shop", "hint": "swh_abcd", "flow": "check-out", "environment": "staging", "per_minute": 60,
    "variables": {"ORDER": "body.order.id"}, "labels": {}, "last_called_at": None, "revoked_at": None,
}  # fmt: skip
TARGET = {"id": 2, "name": "chat", "kind": "webhook", "hint": "https://hooks.example.org/…"}
RULE: dict[str, Any] = {
    "id": 9, "target": 2, "target_name": "chat", "occasion": "failures", "flow": "check-out", "schedule": None,
    "schedule_name": None, "failures": 2, "of_last": 3,
}  # fmt: skip
DELIVERY: dict[str, Any] = {
    "id": 31, "target_name": "chat", "occasion": "failure", "execution": 7, "status": "failed", "tries": 6,
    "created_at": "2026-03-01T12:00:00Z", "answer": "500 Oops",
}  # fmt: skip


def page(*items: dict[str, Any]) -> Answer:
    return Answer(json={"items": list(items), "next": None})


def test_limits_are_shown_set_and_lifted(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /limits", Answer(json={"workspace": None, "flows": {"check-out": 2}}))
    server.on("PATCH /limits", Answer(json={"workspace": 5, "flows": {}}))
    assert stepwell("limits", "show").stdout.split()[3:] == [
        "the",
        "workspace",
        "as",
        "many",
        "as",
        "come",
        "check-out",
        "2",
    ]
    done = stepwell("limits", "set", "--workspace", "5", "--flow", "check-out=none")
    assert (done.returncode, server.asked[-1].body) == (0, {"workspace": 5, "flows": {"check-out": None}})
    for words in (["--workspace", "0"], ["--flow", "check-out"], ["--flow", "x=many"], []):
        refused = stepwell("limits", "set", *words)
        assert (refused.returncode, refused.stdout) == (2, ""), words


def test_a_hook_is_made_and_its_address_stands_alone(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("POST /hooks", Answer(201, {"hook": HOOK, "url": "http://x/hooks/swh_abcd1234"}))
    words = ["--flow", "check-out", "--env", "staging", "--path", "ORDER=body.order.id", "--label", "from=shop"]
    done = stepwell("hooks", "create", "shop", *words)
    assert (done.returncode, done.stdout) == (0, "http://x/hooks/swh_abcd1234\n")
    assert "shown once" in done.stderr
    assert server.asked[-1].body == {
        "name": "shop", "flow": "check-out", "environment": "staging", "variables": {"ORDER": "body.order.id"},
        "labels": {"from": "shop"},
    }  # fmt: skip
    assert stepwell("hooks", "create", "shop").returncode == 2
    assert stepwell("hooks", "create", "shop", "-f", "x", "--path", "body.order.id").returncode == 2


def test_hooks_are_listed_shown_changed_and_revoked(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /hooks", page(HOOK))
    server.on("PATCH /hooks/4", Answer(json=HOOK | {"per_minute": 5}))
    server.on("DELETE /hooks/4", Answer(json=HOOK | {"revoked_at": "2026-03-01T12:00:00Z"}))
    assert "swh_abcd…" in stepwell("hooks", "list").stdout
    assert "ORDER from body.order.id" in stepwell("hooks", "show", "4").stdout
    assert "at most 5 calls a minute" in stepwell("hooks", "edit", "shop", "--per-minute", "5", "--env", "").stdout
    assert server.asked[-1].body == {"environment": None, "per_minute": 5}
    assert "starts nothing any more" in stepwell("hooks", "revoke", "shop").stdout
    refused = stepwell("hooks", "show", "nobody")
    assert (refused.returncode, "There is shop." in refused.stderr) == (2, True)


def test_targets_and_rules(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET /notifications/targets", page(TARGET))
    server.on("GET /notifications/rules", page(RULE))
    server.on("POST /notifications/targets", Answer(201, {"target": TARGET, "signing_key": "swk_1"}))
    server.on("POST /notifications/targets/2/test", Answer(201, DELIVERY))
    server.on("POST /notifications/rules", Answer(201, RULE))
    server.on("DELETE /notifications/rules/9", Answer(204, None))
    server.on("DELETE /notifications/targets/2", Answer(204, None))
    made = stepwell("notifications", "add-target", "chat", stdin="https://hooks.example.org/s3cr3t\n")
    assert (made.returncode, made.stdout, "s3cr3t" in made.stderr) == (0, "swk_1\n", False)
    sent = {"name": "chat", "kind": "webhook", "address": "https://hooks.example.org/s3cr3t"}
    assert server.bodies("POST /notifications/targets") == [sent]
    assert "failures, 2 of the last 3" in stepwell("notifications", "list").stdout
    words = ["--on", "failures", "--flow", "check-out", "--failures", "2", "--of-last", "3"]
    assert stepwell("notifications", "add-rule", "chat", *words).returncode == 0
    assert server.asked[-1].body == {
        "target": 2, "occasion": "failures", "flow": "check-out", "failures": 2, "of_last": 3,
    }  # fmt: skip
    assert "Delivery 31 goes to chat" in stepwell("notifications", "test", "chat").stdout
    assert stepwell("notifications", "delete-rule", "9").returncode == 0
    assert stepwell("notifications", "delete-target", "2").returncode == 0


@pytest.mark.parametrize("status", ["", "failed"])
def test_the_log_says_why_and_a_delivery_is_sent_again(stepwell: Stepwell, server: ScriptedServer, status: str) -> None:
    server.on("GET /notifications/deliveries", page(DELIVERY))
    server.on("POST /notifications/deliveries/31/resend", Answer(json=DELIVERY | {"status": "pending"}))
    shown = stepwell("notifications", "log", *(["--status", status] if status else []))
    assert "500 Oops" in shown.stdout
    assert "to chat again" in stepwell("notifications", "resend", "31").stdout
    assert stepwell("notifications", "log", "--status", "lost").returncode == 2
