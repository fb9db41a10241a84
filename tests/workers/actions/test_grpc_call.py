"""grpc_call: what is sent and what comes back."""

import base64
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2

from flows.language.actions import SPECS
from tests.workers.actions.calling import call, failure
from tests.workers.actions.conftest import Run
from tests.workers.actions.orchard import PROTO, SERVICE, Orchard, described, message, schema
from workers.actions import ACTIONS
from workers.actions.base import Endpoint
from workers.errors import StepMisconfigured, TargetRefused
from workers.protocols.grpc.decoding import Reader


@pytest.fixture(scope="module")
def orchard() -> Iterator[Orchard]:
    with Orchard() as serving:
        yield serving


# --- the four kinds of methods ---


def test_a_unary_call(orchard: Orchard) -> None:
    result = call(orchard, "Echo", {"id": "cox"})
    assert (result["status"], result["status_code"], result["message"]) == ("OK", 0, "")
    assert result["response"]["id"] == "cox"
    assert result["body"] == result["response"]
    assert result["responses"] == [result["response"]]
    assert result["duration_ms"] > 0
    assert set(result) == SPECS["grpc_call"].result_keys


def test_a_stream_of_responses(orchard: Orchard) -> None:
    result = call(orchard, "CountUp", {"to": 3})
    assert [each["value"] for each in result["responses"]] == [1, 2, 3]
    assert result["response"]["value"] == 3


def test_a_stream_without_responses(orchard: Orchard) -> None:
    result = call(orchard, "CountUp", {"to": 0})
    assert (result["status"], result["responses"], result["response"]) == ("OK", [], None)


@pytest.mark.parametrize(("sent", "total"), [([{"value": 2}, {"value": 3}], 5), ({"value": 7}, 7), ([], 0), (None, 0)])
def test_a_stream_of_requests(orchard: Orchard, sent: Any, total: int) -> None:
    assert call(orchard, "Sum", sent)["response"]["value"] == total


def test_streams_both_ways(orchard: Orchard) -> None:
    result = call(orchard, "Double", [{"value": n} for n in range(50)])
    assert [each["value"] for each in result["responses"]] == [2 * n for n in range(50)]


def test_metadata_goes_out_and_comes_back(orchard: Orchard) -> None:
    sent = {"Authorization": "Bearer x", "n": [1, 2], "blob-bin": "AAE=", "left-out": None}
    result = call(orchard, "Metadata", {"text": "got"}, metadata=sent)
    got = [("authorization", "Bearer x"), ("blob-bin", b"\x00\x01"), ("n", "1"), ("n", "2")]
    assert result["response"]["text"] in (f"got {got}", f"got {sorted(dict(got).items())}")
    assert result["metadata"] == {"greeting": "hello", "twice": "a, b", "blob-bin": "AAE="}
    assert result["trailers"] == {"farewell": "bye"}
    assert orchard.called_as == orchard.address


# --- values ---

EVERYTHING = {
    "id": "cox",
    "weightMg": 2**63 - 1,
    "seeds": 2**64 - 1,
    "price": 59.9,
    "acidity": 0.1,
    "sold": True,
    "photo": "AAECAw==",
    "ripeness": "RIPE",
    "tags": ["red", "ripe"],
    "counts": {"worms": 2**53 + 1},
    "crate": 0,
    "rating": 0,
    "pickedAt": "2026-01-02T03:04:05.600Z",
    "keeps": "3.500s",
    "notes": {"a": [1, None, {"b": 1.5}], "c": True},
    "limit": 2**60,
    "extra": {"@type": "type.googleapis.com/orchard.Note", "text": "hi"},
    "mask": "id,weightMg",
    "anything": [None, "x"],
    "siblings": [],
    "byRow": {},
}


def test_every_kind_of_field_comes_back_as_it_was_sent(orchard: Orchard) -> None:
    assert call(orchard, "Echo", EVERYTHING)["response"] == EVERYTHING


def test_defaults_show_and_what_can_be_absent_does_not(orchard: Orchard) -> None:
    assert call(orchard, "Echo")["response"] == {
        "id": "",
        "weightMg": 0,
        "seeds": 0,
        "price": 0.0,
        "acidity": 0.0,
        "sold": False,
        "photo": "",
        "ripeness": "GREEN",
        "tags": [],
        "counts": {},
        "siblings": [],
        "byRow": {},
    }


def test_64_bit_integers_are_taken_as_numbers_and_as_text(orchard: Orchard) -> None:
    for sent in (2**62 + 1, str(2**62 + 1), Decimal(2**62 + 1)):
        found = call(orchard, "Echo", {"weight_mg": sent})["response"]["weightMg"]
        assert (type(found), found) == (int, 2**62 + 1)


def test_the_names_of_the_proto_file_are_taken_and_may_be_given(orchard: Orchard) -> None:
    response = call(orchard, "Echo", {"by_row": {"7": {"weight_mg": 1}}}, field_names="proto")["response"]
    assert response["by_row"]["7"]["weight_mg"] == 1


def test_numbers_that_json_has_no_word_for(orchard: Orchard) -> None:
    response = call(orchard, "Echo", {"price": "NaN", "acidity": "-Infinity", "ripeness": 77})["response"]
    assert (response["price"], response["acidity"], response["ripeness"]) == ("NaN", "-Infinity", 77)


def test_an_any_of_a_kind_that_nothing_describes() -> None:
    apple = message("orchard.Apple")
    apple.extra.type_url, apple.extra.value = "type.googleapis.com/no.Such", b"\x00\x01"
    assert Reader(schema().pool).read(apple)["extra"] == {"@type": "type.googleapis.com/no.Such", "value": "AAE="}


def test_anys_inside_each_other_are_opened_only_so_far() -> None:
    kind = "type.googleapis.com/google.protobuf.Any"
    packed = any_pb2.Any()
    for _ in range(5000):
        packed = any_pb2.Any(type_url=kind, value=packed.SerializeToString())
    apple = message("orchard.Apple")
    apple.extra.type_url, apple.extra.value = kind, packed.SerializeToString()
    found, depth = Reader(schema().pool).read(apple)["extra"], 0
    while isinstance(found, dict):
        found, depth = found["value"], depth + 1
    assert depth == 21


def test_a_time_that_no_calendar_has_is_shown_as_it_was_sent() -> None:
    apple = message("orchard.Apple")
    apple.picked_at.seconds = 2**62
    assert Reader(schema().pool).read(apple)["pickedAt"] == {"seconds": 2**62, "nanos": 0}


# --- requests that do not fit ---


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (
            {"wieght_mg": 1},
            "request has the field wieght_mg, which orchard.Apple does not know. The nearest is weight_mg.",
        ),
        ({"siblings": [{}, {"idd": 1}]}, "request.siblings[1] has the field idd, which orchard.Apple does not know."),
        ({"byRow": {"1": {"idd": 1}}}, "request.byRow.1 has the field idd"),
        (
            {"ripeness": "RIPPE"},
            "request.ripeness is 'RIPPE', which orchard.Ripeness does not know. The nearest is RIPE.",
        ),
        ({"tags": "red"}, "request.tags is text; orchard.Apple.tags is repeated and wants a list"),
        ("cox", "request is text; orchard.Apple wants an object"),
        ([{"id": "cox"}], "request is a list; orchard.Apple wants an object"),
        ({"weight_mg": "heavy"}, "request does not fit orchard.Apple: Failed to parse weight_mg field"),
        ({"weight_mg": Decimal("1.5")}, "request does not fit orchard.Apple: Failed to parse weight_mg field"),
        ({"weight_mg": 2**63}, "request does not fit orchard.Apple"),
        ({"photo": "not base64!"}, "request does not fit orchard.Apple"),
        ({"picked_at": "yesterday"}, "request does not fit orchard.Apple"),
        ({"tree": "old", "crate": 3}, "request does not fit orchard.Apple"),
        ({"price": Decimal("1e999999999")}, "request.price is not a number that a message can hold"),
        ({"extra": {"@type": "type.googleapis.com/no.Such"}}, "request does not fit orchard.Apple"),
    ],
)
def test_a_request_that_does_not_fit_is_never_sent(orchard: Orchard, request_: Any, sentence: str) -> None:
    calls = orchard.calls.count(f"/{SERVICE}/Echo")
    error = failure(orchard, "Echo", request_)
    assert isinstance(error, StepMisconfigured)
    assert error.code == "bad_request"
    assert error.message.startswith(sentence), error.message
    assert orchard.calls.count(f"/{SERVICE}/Echo") == calls


def test_a_stream_names_the_request_that_does_not_fit(orchard: Orchard) -> None:
    assert failure(orchard, "Sum", [{"value": 1}, {"valu": 1}]).message.startswith("request[1] has the field valu")


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [({"x-bin": "not base64"}, "metadata x-bin is not base64"), ({"x": "grün"}, "metadata x has characters")],
)
def test_metadata_that_cannot_be_sent(orchard: Orchard, metadata: Any, sentence: str) -> None:
    error = failure(orchard, "Echo", metadata=metadata)
    assert (error.kind, error.code) == ("config", "bad_metadata")
    assert error.message.startswith(sentence)


# --- statuses ---


def asserting(*names: str) -> Run:
    return Run(asserted_names=frozenset(names))


def test_a_status_fails_the_step(orchard: Orchard) -> None:
    error = failure(orchard, "Fail", {"code": 5, "message": "no such tree", "with_details": True})
    assert isinstance(error, TargetRefused)
    assert (error.kind, error.code) == ("action", "grpc_not_found")
    assert error.message == "orchard.Trees/Fail answered NOT_FOUND: no such tree"
    assert error.partial is not None
    assert (error.partial["status"], error.partial["trailers"]["why"]) == ("NOT_FOUND", "because")


@pytest.mark.parametrize("name", ["status", "status_code", "message", "details", "trailers", "result"])
def test_a_status_is_the_assertions_to_judge_if_they_look_at_it(orchard: Orchard, name: str) -> None:
    how = {"address": orchard.address, "method": f"{SERVICE}/Fail", "request": {"code": 5, "message": "gone"}}
    result = asserting(name)("grpc_call", **how)
    assert (result["status"], result["status_code"], result["message"]) == ("NOT_FOUND", 5, "gone")
    with pytest.raises(TargetRefused):
        asserting("body", "duration_ms")("grpc_call", **how)


def test_every_status_has_its_name(orchard: Orchard) -> None:
    for status in grpc.StatusCode:
        if status is grpc.StatusCode.OK:
            continue
        how = {"address": orchard.address, "method": f"{SERVICE}/Fail", "request": {"code": status.value[0]}}
        result = asserting("status")("grpc_call", **how, descriptor_set=base64.b64encode(described()).decode())
        assert (result["status"], result["status_code"]) == (status.name, status.value[0])


def test_details_of_a_status_are_read(orchard: Orchard) -> None:
    how = {"address": orchard.address, "method": f"{SERVICE}/Fail", "request": {"code": 3, "with_details": True}}
    assert asserting("status")("grpc_call", **how)["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": "weight_mg", "description": "too heavy", "reason": ""}],
        },
        {"@type": "type.googleapis.com/orchard.Note", "text": "our own kind"},
    ]


def test_a_stream_that_ends_badly_keeps_what_came(orchard: Orchard) -> None:
    error = failure(orchard, "CountUp", {"to": 2, "then": "the tree fell"})
    assert (error.code, error.message) == ("grpc_data_loss", "orchard.Trees/CountUp answered DATA_LOSS: the tree fell")
    assert error.partial is not None
    assert [each["value"] for each in error.partial["responses"]] == [1, 2]


def test_a_method_that_the_server_does_not_have(orchard: Orchard) -> None:
    assert failure(orchard, "Ecco", proto=PROTO.replace("Echo", "Ecco")).code == "grpc_unimplemented"


# --- the record ---


def test_what_is_recorded_and_what_it_touched(orchard: Orchard) -> None:
    run = Run()
    config = {"address": orchard.address, "service": "Trees", "method": "Echo", "request": {"id": "cox"}}
    result = run("grpc_call", **config, metadata={"k": "v"})
    assert run.context.request == {
        "address": orchard.address,
        "service": SERVICE,
        "method": "Echo",
        "metadata": {"k": "v"},
        "request": {"id": "cox"},
    }
    assert run.context.endpoint == Endpoint("grpc", orchard.address, SERVICE, "Echo")
    action = ACTIONS["grpc_call"]
    read = action.spec.Config.model_validate(config)
    touched = action.endpoint(read, config)
    assert touched is not None
    assert (touched.protocol, touched.service, touched.operation, touched.route) == (
        *("grpc", orchard.address),
        *("Trees", "Echo"),
    )
    assert action.summary(read, result) == "OK"
    assert not action.is_repeatable(read)
    assert ACTIONS["grpc"] is action


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"address": "shop"}, "address names no port; it must look like host:50051"),
        ({"address": "ftp://shop:1"}, "address must be host:port, or begin with grpc:// or grpcs://, not ftp://"),
        ({"address": "shop:1/a.B/C"}, "address must be host:port and nothing else"),
        ({"address": "::1:50051"}, "an IPv6 address needs brackets"),
        ({"address": "shop:99999"}, "address names no port"),
        ({"service": None}, "service is missing"),
        ({"method": "a.B/C"}, "service and a method with a service in it are given"),
        ({"method": "Do it"}, "'Do it' is not the name of a method"),
        ({"metadata": {"grpc-timeout": "1S"}}, "grpc-timeout is reserved"),
        ({"metadata": {"a b": "c"}}, "'a b' is not a metadata name"),
        ({"proto": "x", "proto_file": "y"}, "proto and proto_file are given"),
    ],
)
def test_configs_that_cannot_be(config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        SPECS["grpc_call"].Config.model_validate({"address": "shop:50051", "service": "a.B", "method": "C", **config})
    assert sentence in str(caught.value)
