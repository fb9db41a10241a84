"""What services declare against what flows call."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.utils import timezone
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from analytics.operations.roll_up import roll_up
from executions.models import Attempt, Payload
from flows.language.check import check
from tests.analytics.history import History, history
from tests.cast import Api, api_of, make_workspace
from workspaces.models import Role

pytestmark = pytest.mark.django_db

DOCUMENT = """
openapi: 3.1.0
info: {title: Shop}
servers: [{url: /v1}]
paths:
  /orders:
    get: {responses: {200: {}, 500: {}}}
    post:
      operationId: placeOrder
      requestBody: {content: {application/json: {schema: {type: object, properties: {sku: {type: string}}}}}}
      responses: {201: {}, 409: {}}
  /orders/{id}: {get: {responses: {200: {}, 4XX: {}}}, delete: {deprecated: true, responses: {204: {}}}}
  /health: {get: {responses: {200: {}}}}
"""


@pytest.fixture
def past() -> History:
    return history(at=timezone.now() - timedelta(days=1))


@pytest.fixture
def bob(past: History) -> Api:
    api = api_of(past.workspace, Role.EDITOR)
    upload(api, "shop", text=DOCUMENT, services=["shop:80"])
    return api


def upload(api: Api, name: str, **body: Any) -> Any:
    answer = api.put(f"/analytics/services/{name}", body)
    assert answer.status == 200, answer.body
    return answer.body


def call(past: History, method: str, route: str, letter: str = "P", **more: Any) -> Any:
    given: dict[str, Any] = {
        "protocol": "http",
        "service": "shop:80",
        "operation": method,
        "route": route,
        "asserted": True,
    }
    return past.run(letter, **given | {"message": "200 OK, 5 B"} | more)


def operations(api: Api, query: str = "") -> dict[str, Any]:
    (service,) = api.get(f"/analytics/coverage?{query}").body["services"]
    return {f"{one['operation']} {one['route']}": one for one in service["operations"]}


def test_covered_is_called_asserted_and_passed(past: History, bob: Api) -> None:
    call(past, "GET", "/v1/orders")
    call(past, "GET", "/v1/orders/{}", asserted=False)
    call(past, "POST", "/v1/orders", "F", failure_kind="unreachable", failure_code="refused")
    call(past, "PATCH", "/v1/orders")
    roll_up()
    found = bob.get("/analytics/coverage").body
    (shop,) = found["services"]
    assert (shop["declared"], shop["covered"], shop["exercised"], shop["share"]) == (4, 1, 2, 0.25)
    states = {name: one["state"] for name, one in operations(bob).items()}
    assert states == {
        "GET /orders": "covered", "POST /orders": "none", "GET /orders/{id}": "exercised",
        "DELETE /orders/{id}": "none", "GET /health": "none",
    }  # fmt: skip
    assert [(one["operation"], one["route"]) for one in shop["undeclared"]] == [("PATCH", "/v1/orders")]
    assert shop["operations"][0]["flows"] == [past.version.flow.slug]
    assert bob.get("/analytics/coverage?deprecated=true").body["declared"] == 5
    assert bob.get("/analytics/coverage?environment=none").body["covered"] == 0


def test_statuses_are_seen_missing_or_undocumented(past: History, bob: Api) -> None:
    call(past, "GET", "/v1/orders/{}")
    call(past, "GET", "/v1/orders/{}", message="404 Not Found, 2 B")
    call(past, "GET", "/v1/orders", message="302 Found, 0 B")
    broken = call(past, "GET", "/v1/orders", "F", message="status is 500, expected 200")
    attempt = Attempt.objects.get(step_run__execution=broken)
    Payload.objects.create(attempt_id=attempt.pk, created_at=timezone.now(), response={"status": 500, "body": "x"})
    roll_up()
    found = operations(bob)
    assert found["GET /orders/{id}"]["statuses_seen"] == [200, 404]
    assert found["GET /orders/{id}"]["statuses_missing"] == []
    assert found["GET /orders"]["statuses_undocumented"] == [302]
    assert found["GET /orders"]["statuses_seen"] == [302, 500]
    assert found["GET /orders"]["statuses_missing"] == ["200"]
    (shop,) = bob.get("/analytics/coverage").body["services"]
    assert (shop["responses_declared"], shop["responses_seen"]) == (7, 3)


def test_many_names_that_are_declared_are_no_values(past: History, bob: Api) -> None:
    # Given more names below one path than names are taken for, called before anything declared them
    names = [f"list_{letter}" for letter in "abcdefghijkl"]
    for name in names:
        call(past, "GET", f"/v2/{name}", service="lists:80")
    roll_up()
    (guessed,) = [one for one in bob.get("/analytics/coverage").body["inventory"] if one["service"] == "lists:80"]
    assert (guessed["route"], guessed["n"]) == ("/v2/{}", 12)
    # When a document does, each is an operation of its own at once, and so is what comes
    paths: dict[str, Any] = {f"/{name}": {"get": {"responses": {"200": {}}}} for name in names}
    text = yaml.safe_dump({"openapi": "3.0.0", "servers": [{"url": "/v2"}], "paths": paths})
    upload(bob, "lists", text=text, services=["lists:80"])
    call(past, "GET", "/v2/list_a", service="lists:80")
    call(past, "GET", "/v2/other", service="lists:80")
    roll_up()
    found = bob.get("/analytics/coverage?service=lists").body
    (lists,) = found["services"]
    assert (found["covered"], [one["route"] for one in lists["undeclared"]]) == (12, ["/v2/other"])
    assert lists["operations"][0]["n"] == 2
    # And without it they are guessed again
    assert bob.delete("/analytics/services/lists").status == 204
    routes = {one["route"] for one in bob.get("/analytics/coverage").body["inventory"] if one["service"] == "lists:80"}
    assert routes == {"/v2/{}"}


def test_what_is_written_but_never_ran_is_defined(past: History, bob: Api) -> None:
    step = {"id": "a", "action": "http_request", "config": {"url": "${SHOP_URL}/v1/health"}}
    text = yaml.safe_dump({"flow": {"name": "Health", "steps": [step]}})
    assert bob.post("/flows", {"text": text}).status == 201
    assert operations(bob)["GET /health"]["state"] == "defined"


def test_what_was_called_once_is_stale(past: History, bob: Api) -> None:
    past.at -= timedelta(days=40)
    call(past, "GET", "/v1/health")
    roll_up()
    found = operations(bob)["GET /health"]
    assert (found["state"], found["is_stale"], found["last_day"] is not None) == ("none", True, True)
    assert operations(bob, "days=60")["GET /health"]["state"] == "covered"


def test_an_exclusion_has_a_reason(past: History, bob: Api) -> None:
    body = {"excluded": [{"operation": "GET /health", "reason": "Only for the load balancer."}]}
    assert bob.put("/analytics/services/shop/exclusions", body).status == 200
    assert operations(bob)["GET /health"]["excluded"] == "Only for the load balancer."
    assert bob.get("/analytics/coverage").body["declared"] == 3
    for wrong in ({"operation": "GET /helth", "reason": "x"}, {"operation": "GET /health", "reason": " "}):
        assert bob.put("/analytics/services/shop/exclusions", {"excluded": [wrong]}).status == 422
    upload(bob, "shop", text=DOCUMENT, services=["shop:80"])
    assert bob.get("/analytics/coverage").body["declared"] == 3


def test_a_draft_is_a_step_that_validates(past: History, bob: Api) -> None:
    draft = bob.get("/analytics/services/shop/draft?operation=POST%20/orders").body["text"]
    (step,) = yaml.safe_load(draft)
    assert (step["id"], step["assert"], step["config"]["json"]) == ("place_order", ["status == 201"], {"sku": "text"})
    text = yaml.safe_dump({"flow": {"name": "Draft", "steps": [step]}})
    assert [one for one in check(text).problems if one.severity == "error"] == []
    wrong = bob.get("/analytics/services/shop/draft?operation=POST%20/order")
    assert (wrong.status, "The nearest is POST /orders." in wrong.body["detail"]) == (404, True)


def test_a_descriptor_set_declares_methods(past: History, bob: Api) -> None:
    file = FileDescriptorProto(name="a.proto", package="shop")
    service = file.service.add(name="Orders")
    for name in ("Get", "List"):
        service.method.add(name=name, input_type=".shop.A", output_type=".shop.A")
    text = base64.b64encode(FileDescriptorSet(file=[file]).SerializeToString()).decode()
    upload(bob, "orders", protocol="grpc", text=text, services=["orders:50051"])
    past.run(
        "P", protocol="grpc", service="orders:50051", operation="shop.Orders", route="Get", asserted=True, message="OK"
    )
    roll_up()
    found = bob.get("/analytics/coverage?service=orders").body
    assert (found["declared"], found["covered"]) == (2, 1)
    assert bob.get("/analytics/services/orders/draft?operation=shop.Orders%20List").status == 200


def test_protocols_without_documents_are_an_inventory(past: History, bob: Api) -> None:
    past.run("P", protocol="kafka", service="k:9092", operation="PRODUCE", route="orders")
    roll_up()
    (one,) = bob.get("/analytics/coverage").body["inventory"]
    assert (one["protocol"], one["operation"], one["route"], one["n"]) == ("kafka", "PRODUCE", "orders", 1)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"text": "a: [", "services": ["x"]}, "neither JSON nor YAML"),
        ({"text": "a: &a 1\nb: *a", "services": ["x"]}, "aliases"),
        ({"text": DOCUMENT, "services": []}, "name at least one host"),
        ({"text": "!!!", "protocol": "grpc", "services": ["x"]}, "no descriptor set"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_why(bob: Api, body: dict[str, Any], words: str) -> None:
    answer = bob.put("/analytics/services/other", body)
    assert (answer.status, words in answer.body["detail"]) == (422, True), answer.body


def test_documents_belong_to_their_workspace_and_to_editors(past: History, bob: Api) -> None:
    charlie = api_of(past.workspace, Role.VIEWER)
    assert [one["name"] for one in charlie.get("/analytics/services").body] == ["shop"]
    assert charlie.put("/analytics/services/shop", {"text": DOCUMENT, "services": ["x"]}).status == 403
    mallory = api_of(make_workspace("other"), Role.ADMIN)
    assert mallory.get("/analytics/services").body == []
    assert mallory.get("/analytics/coverage").body["services"] == []
    assert mallory._call("DELETE", "/analytics/services/shop", None, {}).status == 404
    assert bob._call("DELETE", "/analytics/services/shop", None, {}).status == 204
    assert bob.get("/analytics/services").body == []
