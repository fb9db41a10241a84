"""The recommendations, asked as a flow asks them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2

from examples.shop.faults.board import Faults
from examples.shop.faults.fault import read
from examples.shop.recommendations import RecommendationsServer
from examples.shop.recommendations_pb2 import DESCRIPTOR
from examples.shop.store import Store
from tests.workers.actions.conftest import Run
from tests.workers.actions.orchard import a_context
from workers.errors import StepError
from workers.protocols.grpc.protoc import compile_texts

PROTO = Path(__file__).parents[3] / "examples" / "shop" / "recommendations.proto"


class Asked:
    """The server, its fault panel, and a way to ask."""

    def __init__(self, server: RecommendationsServer, store: Store, faults: Faults) -> None:
        self.server, self.store, self.faults = server, store, faults

    def __call__(self, method: str, request: Any, **config: Any) -> dict[str, Any]:
        run = Run(asserted_names=frozenset({"status"}))
        how = {"address": self.server.address, "service": "Recommender", "method": method, "request": request}
        return run("grpc_stream", **how, **config)


@pytest.fixture
def ask(postgres_url: str) -> Iterator[Asked]:
    faults = Faults()
    store = Store(postgres_url, faults)
    store.prepare()
    with RecommendationsServer(0, store, faults) as server:
        yield Asked(server, store, faults)
        faults.closing.set()
    store.close()


def skus(products: list[dict[str, Any]]) -> list[str]:
    return [product["sku"] for product in products]


def test_the_generated_code_is_that_of_the_proto_file() -> None:
    compiled = descriptor_pb2.FileDescriptorSet.FromString(compile_texts({PROTO.name: PROTO.read_text()}, a_context()))
    generated = descriptor_pb2.FileDescriptorProto()
    DESCRIPTOR.CopyToProto(generated)
    described = next(file for file in compiled.file if file.name == PROTO.name)
    # Only one of them spells out the JSON names, which follow from the others.
    assert str(generated) == re.sub(r'\n *json_name: ".*"', "", str(described))


def test_the_cheapest_that_fit_are_recommended(ask: Asked) -> None:
    body = ask("Recommend", {"category": "tea"})["body"]
    assert skus(body["products"]) == ["tea-mint", "tea-black", "tea-green"]
    assert body["products"][0] == {
        "sku": "tea-mint",
        "name": "Mint tea, 50 g",
        "priceCents": 320,
        "availability": "IN_STOCK",
        "attributes": {"origin": "Morocco", "organic": True},
        "digest": body["products"][0]["digest"],
    }
    assert skus(ask("Recommend", {"category": "tea", "limit": 1})["body"]["products"]) == ["tea-mint"]


def test_a_budget_and_what_is_not_wanted(ask: Asked) -> None:
    assert skus(ask("Browse", {"category": "tea", "at_most_cents": 700})["responses"]) == ["tea-mint", "tea-black"]
    between = {"category": "tea", "between": {"low_cents": 680, "high_cents": 995}}
    assert skus(ask("Browse", between)["responses"]) == ["tea-black", "tea-green"]
    assert skus(ask("Browse", {"category": "tea", "without": ["tea-mint"], "limit": 1})["responses"]) == ["tea-black"]


@pytest.mark.parametrize(
    ("method", "request_", "status"),
    [
        ("Recommend", {"category": "boats"}, "NOT_FOUND"),
        ("Recommend", {"category": "tea", "limit": 21}, "INVALID_ARGUMENT"),
        ("Weigh", [{"sku": "boat"}], "NOT_FOUND"),
        ("Weigh", [{"sku": "kettle", "quantity": -1}], "INVALID_ARGUMENT"),
        ("Alternatives", [{"sku": "gift-card"}], "NOT_FOUND"),
        ("WatchPrice", {"sku": "boat"}, "NOT_FOUND"),
    ],
)
def test_what_is_refused(ask: Asked, method: str, request_: Any, status: str) -> None:
    result = ask(method, request_)
    assert (result["status"], result["response"]) == (status, None)
    assert result["message"]


def test_a_basket_is_weighed_and_alternatives_are_found(ask: Asked) -> None:
    lines = [{"sku": "kettle", "quantity": 2}, {"sku": "tea-mint"}, {"sku": "kettle"}]
    assert ask("Weigh", lines)["body"] == {"totalCents": 3 * 5990 + 320, "quantities": {"kettle": 3, "tea-mint": 1}}
    assert skus(ask("Alternatives", [{"sku": "kettle"}, {"sku": "mug-red"}])["responses"]) == ["grinder", "mug-blue"]


def test_a_price_is_followed(ask: Asked) -> None:
    assert ask("WatchPrice", {"sku": "kettle"}, max_responses=1)["body"] == {"sku": "kettle", "priceCents": 5990}
    ended = ask("WatchPrice", {"sku": "kettle"}, timeout="300ms")
    assert (ended["status"], ended["count"]) == ("DEADLINE_EXCEEDED", 1)


def fault(**what: Any) -> Any:
    return read({"part": "recommendations", **what})


def test_the_fault_panel_reaches_it(ask: Asked) -> None:
    wish = {"category": "tea", "limit": 1}
    ask.faults.put("down", fault(kind="status", status=503, count=1))
    assert ask("Recommend", wish)["status"] == "UNAVAILABLE"
    assert ask("Recommend", wish)["status"] == "OK"
    ask.faults.put("wrong", fault(kind="wrong_data", field="products.0.price_cents", value=1, count=1))
    assert ask("Recommend", wish)["body"]["products"][0]["priceCents"] == 1
    ask.faults.put("slow", fault(kind="slow", seconds=0.3, count=1))
    assert ask("Recommend", wish)["duration_ms"] >= 300
    ask.faults.put("reset", fault(kind="reset", count=1))
    assert ask("Recommend", wish)["status"] == "CANCELLED"
    ask.faults.put("drop", fault(kind="drop", seconds=Decimal("0.2"), count=1))
    assert ask("Recommend", wish)["status"] == "UNAVAILABLE"
    ask.faults.put("database", read({"part": "database", "kind": "drop", "count": 1}))
    assert ask("Recommend", wish)["message"] == "The database does not answer."


def test_a_fault_for_one_key_leaves_others_alone(ask: Asked) -> None:
    ask.faults.put("mine", fault(kind="status", key="mine"))
    assert ask("Recommend", {"category": "tea"})["status"] == "OK"
    assert ask("Recommend", {"category": "tea"}, metadata={"x-fault-key": "yours, mine"})["status"] == "UNAVAILABLE"
    assert ask("Weigh", [{"sku": "kettle"}])["status"] == "OK"
    ask.faults.put("kettle", fault(kind="status", key="kettle", status=404))
    assert ask("Weigh", [{"sku": "kettle"}])["status"] == "NOT_FOUND"


def test_a_port_that_is_taken(ask: Asked) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        RecommendationsServer(ask.server.port, ask.store, ask.faults)


def test_nothing_is_wanted_of_it_without_a_config_that_fits(ask: Asked) -> None:
    with pytest.raises(StepError, match="has the field categroy, which shop"):
        ask("Recommend", {"categroy": "tea"})
