"""A person's word on routes, from the call to the numbers and the runs behind them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.models import EndpointDay
from analytics.operations.roll_up import roll_up
from tests.analytics.history import History, history
from tests.cast import Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def past() -> History:
    return history(at=timezone.now() - timedelta(days=1))


@pytest.fixture
def bob(past: History) -> Api:
    return api_of(past.workspace, Role.EDITOR, "bob")


def call(past: History, route: str, service: str = "shop:80") -> None:
    past.run("P", protocol="http", service=service, operation="GET", route=route, message="200 OK, 5 B")


def say(api: Api, wish: str, *patterns: str, service: str = "shop:80") -> Any:
    return api.put("/analytics/route-overrides", {"service": service, "patterns": patterns, "wish": wish})


def called(api: Api) -> dict[str, int]:
    return {one["route"]: one["n"] for one in api.get("/analytics/coverage").body["inventory"]}


def runs(api: Api, route: str) -> int:
    (one,) = [one for one in api.get("/analytics/coverage").body["inventory"] if one["route"] == route]
    return len(api.get("/executions?q=" + one["q"].replace(" ", "%20").replace('"', "%22")).body["items"])


def test_a_rule_names_what_is_kept_and_what_comes(past: History, bob: Api) -> None:
    # Given two products that inference took for one, and two words that it took for two
    for route in ("/products/iphone-15-pro", "/products/1207", "/pages/home", "/pages/help"):
        call(past, route)
    roll_up()
    assert called(bob) == {"/products/{}": 2, "/pages/home": 1, "/pages/help": 1}
    days = list(EndpointDay.objects.order_by("pk").values_list("pk", flat=True))
    # When an editor says otherwise
    assert say(bob, "apart", "/products/iphone-15-pro").body["changed"] == 1
    assert say(bob, "one", "/pages/{name}").body["changed"] == 2
    # Then the numbers and the lists behind them follow at once, and no result was counted again
    wanted = {"/products/iphone-15-pro": 1, "/products/{}": 1, "/pages/{}": 2}
    assert called(bob) == wanted
    assert [runs(bob, route) for route in wanted] == [1, 1, 2]
    assert list(EndpointDay.objects.order_by("pk").values_list("pk", flat=True)) == days
    # And what comes later is named by the same rules
    call(past, "/pages/prices")
    call(past, "/products/iphone-15-pro")
    roll_up()
    assert called(bob) == {"/products/iphone-15-pro": 2, "/products/{}": 1, "/pages/{}": 3}
    # And without the rule it is as it was
    rules = bob.get("/analytics/route-overrides").body["items"]
    assert [(one["pattern"], one["wish"]) for one in rules] == [
        ("/pages/{}", "one"), ("/products/iphone-15-pro", "apart"),
    ]  # fmt: skip
    assert bob.delete(f"/analytics/route-overrides/{rules[1]['id']}").status == 204
    assert called(bob)["/products/{}"] == 3
    verbs = AuditEntry.objects.filter(workspace=past.workspace, verb__startswith="routes.").order_by("pk")
    assert [(one.verb, one.target, one.details["endpoints"]) for one in verbs] == [
        ("routes.kept_apart", "shop:80", 1), ("routes.merged", "shop:80", 2),
        ("routes.left_to_inference", "shop:80", 1),
    ]  # fmt: skip


def test_the_same_pattern_has_one_rule(past: History, bob: Api) -> None:
    call(past, "/pages/home")
    roll_up()
    say(bob, "one", "/pages/{}")
    (rule,) = say(bob, "apart", "/pages/{}").body["items"]
    assert (rule["wish"], rule["changed_by"]) == ("apart", f"{bob.user.username} (token test)")
    assert called(bob) == {"/pages/home": 1}


def test_what_a_rule_would_change_is_told_before(past: History, bob: Api) -> None:
    for route in ("/pages/home", "/pages/help", "/health"):
        call(past, route)
    roll_up()
    body = {"service": "shop:80", "patterns": ["/pages/{}"], "wish": "one"}
    (told,) = bob.post("/analytics/route-overrides/preview", body).body["items"]
    assert told == {"operation": "GET", "before": ["/pages/help", "/pages/home"], "after": ["/pages/{}"]}
    assert called(bob) == {"/pages/home": 1, "/pages/help": 1, "/health": 1}
    say(bob, "one", "/pages/{}")
    routes = bob.get("/analytics/routes?service=shop:80").body["items"]
    (route,) = [one for one in routes if one["count"] == 2]
    assert (route["template"], route["routes"]) == ("/pages/{}", ["/pages/help", "/pages/home"])


@pytest.mark.parametrize(
    ("service", "wish", "pattern", "words"),
    [
        ("shop:81", "one", "/pages/{}", "The nearest is 'shop:80'."),
        ("shop:80", "one", "/pages/home", "Write {} for the part that varies"),
        ("shop:80", "one", "not a path", "is no route"),
        ("shop:80", "both", "/pages/{}", "wish"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_told_why(
    past: History, bob: Api, service: str, wish: str, pattern: str, words: str
) -> None:
    call(past, "/pages/home")
    roll_up()
    answer = say(bob, wish, pattern, service=service)
    assert (answer.status, words in str(answer.body)) == (422, True), answer.body


def test_rules_are_of_their_workspace_and_of_editors(past: History, bob: Api) -> None:
    call(past, "/pages/home")
    roll_up()
    (rule,) = say(bob, "one", "/pages/{}").body["items"]
    charlie = api_of(past.workspace, Role.VIEWER, "charlie")
    assert len(charlie.get("/analytics/route-overrides").body["items"]) == 1
    assert say(charlie, "one", "/{}/home").status == 403
    assert charlie.delete(f"/analytics/route-overrides/{rule['id']}").status == 403
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    assert mallory.get("/analytics/route-overrides").body["items"] == []
    assert mallory.delete(f"/analytics/route-overrides/{rule['id']}").status == 404
    assert mallory.get("/analytics/routes?service=shop:80").status == 422
    # And the same service of another workspace keeps its names
    theirs = history(mallory.workspace, at=timezone.now() - timedelta(days=1))
    call(theirs, "/pages/home")
    roll_up()
    assert called(mallory) == {"/pages/home": 1}
