"""Recommendations over gRPC, from the catalogue's table. `recommendations.proto` says what can be asked."""

import errno
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from typing import Any, Self

import grpc
import psycopg
from google.protobuf import json_format
from google.protobuf.message import Message
from grpc_reflection.v1alpha import reflection

from examples.shop.faults.board import HEADER, Faults, texts_in
from examples.shop.faults.fault import Fault
from examples.shop.faults.wrong import with_wrong_field
from examples.shop.ports import is_free
from examples.shop.recommendations_pb2 import (
    IN_STOCK,
    SOLD_OUT,
    Basket,
    Line,
    Price,
    Product,
    Recommendation,
    Wish,
)
from examples.shop.store import Row, Store

SERVICE = "shop.Recommender"
PART = "recommendations"  # on the fault panel
USUAL_LIMIT, MOST = 3, 20
LOOK_SECONDS = 0.1  # how often a watched price is looked up

_STATUSES = {
    HTTPStatus.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    HTTPStatus.UNAUTHORIZED: grpc.StatusCode.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    HTTPStatus.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    HTTPStatus.CONFLICT: grpc.StatusCode.ABORTED,
    HTTPStatus.TOO_MANY_REQUESTS: grpc.StatusCode.RESOURCE_EXHAUSTED,
    HTTPStatus.INTERNAL_SERVER_ERROR: grpc.StatusCode.INTERNAL,
    HTTPStatus.NOT_IMPLEMENTED: grpc.StatusCode.UNIMPLEMENTED,
    HTTPStatus.SERVICE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT: grpc.StatusCode.DEADLINE_EXCEEDED,
}


Method = Callable[[Iterator[Any], Callable[[], bool]], Iterator[Message]]


class Refusal(Exception):
    """Ends a call with a status."""

    def __init__(self, status: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Recommender:
    """The methods, each from requests to responses. `is_wanted` tells whether the caller is still there."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    def recommend(self, requests: Iterator[Wish], _is_wanted: Callable[[], bool]) -> Iterator[Recommendation]:
        made = Recommendation(products=self._wanted(next(requests)))
        made.made_at.FromDatetime(datetime.now(UTC))
        yield made

    def browse(self, requests: Iterator[Wish], _is_wanted: Callable[[], bool]) -> Iterator[Product]:
        yield from self._wanted(next(requests))

    def weigh(self, requests: Iterator[Line], _is_wanted: Callable[[], bool]) -> Iterator[Basket]:
        basket = Basket()
        for line in requests:
            quantity = line.quantity or 1
            if not 0 < quantity <= 1000:
                raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"quantity is {quantity}; it must be from 1 to 1000.")
            basket.total_cents += _cents(self._row(line.sku)) * quantity
            basket.quantities[line.sku] += quantity
        yield basket

    def alternatives(self, requests: Iterator[Line], _is_wanted: Callable[[], bool]) -> Iterator[Product]:
        for line in requests:
            row = self._row(line.sku)
            found = self._store.one(
                """
                SELECT * FROM products WHERE category = %(category)s AND sku <> %(sku)s
                ORDER BY abs(price - %(price)s), sku LIMIT 1
                """,
                row,
            )
            if found is None:
                raise Refusal(grpc.StatusCode.NOT_FOUND, f"Nothing is like {line.sku}.")
            yield _shown(found)

    def watch_price(self, requests: Iterator[Line], is_wanted: Callable[[], bool]) -> Iterator[Price]:
        sku = next(requests).sku
        said: int | None = None
        while is_wanted() and not self._faults.closing.is_set():
            cents = _cents(self._row(sku))
            if cents != said:
                yield Price(sku=sku, price_cents=cents, was_cents=said)
                said = cents
            self._faults.closing.wait(LOOK_SECONDS)

    def _wanted(self, wish: Wish) -> list[Product]:
        if not 0 <= wish.limit <= MOST:
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"limit is {wish.limit}; it must be from 1 to {MOST}.")
        if not self._store.one("SELECT 1 FROM products WHERE category = %s LIMIT 1", [wish.category]):
            raise Refusal(grpc.StatusCode.NOT_FOUND, f"There is no category {wish.category!r}.")
        low, high = _budget(wish)
        rows = self._store.all(
            """
            SELECT * FROM products
            WHERE category = %(category)s AND stock > 0 AND sku <> ALL(%(without)s)
              AND price * 100 >= %(low)s AND (%(high)s::bigint IS NULL OR price * 100 <= %(high)s)
            ORDER BY price, sku LIMIT %(limit)s
            """,
            {
                "category": wish.category,
                "without": list(wish.without),
                "low": low,
                "high": high,
                "limit": wish.limit or USUAL_LIMIT,
            },
        )
        return [_shown(row) for row in rows]

    def _row(self, sku: str) -> Row:
        row = self._store.one("SELECT * FROM products WHERE sku = %s", [sku])
        if row is None:
            raise Refusal(grpc.StatusCode.NOT_FOUND, f"There is no product {sku!r}.")
        return row


class RecommendationsServer:
    """Serves on loopback while it is entered. Raises OSError (EADDRINUSE) where the port is taken."""

    def __init__(self, port: int, store: Store, faults: Faults) -> None:
        if port and not is_free(port):  # grpcio would say so as well, and on stderr besides
            raise OSError(errno.EADDRINUSE, "Address already in use")
        self._server = grpc.server(
            ThreadPoolExecutor(16, thread_name_prefix="recommendations"), options=[("grpc.so_reuseport", 0)]
        )
        self._server.add_generic_rpc_handlers((_handlers(Recommender(store, faults), faults),))
        reflection.enable_server_reflection((SERVICE, reflection.SERVICE_NAME), self._server)
        try:
            self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        except RuntimeError as exc:  # grpcio says no more
            raise OSError(errno.EADDRINUSE, "Address already in use") from exc

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(grace=0.5).wait()


def _handlers(recommender: Recommender, faults: Faults) -> grpc.GenericRpcHandler:
    methods: dict[str, Method] = {
        "Recommend": recommender.recommend,
        "Browse": recommender.browse,
        "Weigh": recommender.weigh,
        "Alternatives": recommender.alternatives,
        "WatchPrice": recommender.watch_price,
    }
    requests: dict[str, Any] = {
        "Weigh": Line,
        "Alternatives": Line,
        "WatchPrice": Line,
        "Recommend": Wish,
        "Browse": Wish,
    }
    return grpc.method_handlers_generic_handler(
        SERVICE,
        {
            # On the wire a call without streams is a stream of one.
            name: grpc.stream_stream_rpc_method_handler(
                _guarded(method, faults),
                request_deserializer=requests[name].FromString,
                response_serializer=lambda message: message.SerializeToString(),
            )
            for name, method in methods.items()
        },
    )


def _guarded(method: Method, faults: Faults) -> Callable[[Iterator[Any], grpc.ServicerContext], Iterator[Message]]:
    """`method`, as it behaves while faults are on, with its refusals as statuses."""

    def handle(requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Message]:
        first = next(requests, None)
        keys = _keys(first, context)
        try:
            with faults.during(keys):
                struck = faults.struck(PART, keys)
                _spoil(struck, context, faults, after=False)
                given = requests if first is None else chain([first], requests)
                for response in method(given, context.is_active):
                    _spoil(struck, context, faults, after=True)
                    yield _with_wrong_fields(response, struck)
        except Refusal as exc:
            context.abort(exc.status, exc.message)
        except psycopg.Error:
            context.abort(grpc.StatusCode.UNAVAILABLE, "The database does not answer.")

    return handle


def _keys(request: Message | None, context: grpc.ServicerContext) -> set[str]:
    """What a fault may be meant for: the metadata's keys, and every text of the first request."""
    named = [str(value) for name, value in context.invocation_metadata() if name == HEADER]
    keys = {key.strip() for value in named for key in value.split(",") if key.strip()}
    return keys if request is None else keys | texts_in([json_format.MessageToDict(request)])


def _spoil(struck: Sequence[Fault], context: grpc.ServicerContext, faults: Faults, *, after: bool) -> None:
    for fault in struck:
        if fault.after is not after:
            continue
        match fault.kind:
            case "slow":
                faults.closing.wait(fault.seconds)
            case "status":
                status = _STATUSES.get(fault.status, grpc.StatusCode.UNKNOWN)
                raise Refusal(status, "The fault panel wants it so.")
            case "drop":
                _wait_for_nothing(fault.seconds, context, faults)
                raise Refusal(grpc.StatusCode.UNAVAILABLE, "The fault panel wanted no answer.")
            case "reset":
                context.cancel()  # RST_STREAM: the connection is not one call's to reset
                raise Refusal(grpc.StatusCode.CANCELLED, "The fault panel wants it so.")


def _wait_for_nothing(seconds: float, context: grpc.ServicerContext, faults: Faults) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and context.is_active() and not faults.closing.wait(LOOK_SECONDS):
        pass


def _with_wrong_fields(response: Message, struck: Sequence[Fault]) -> Message:
    wrong = [fault for fault in struck if fault.kind == "wrong_data"]
    if not wrong:
        return response
    shown = json_format.MessageToDict(response, preserving_proto_field_name=True)
    for fault in wrong:
        shown = with_wrong_field(shown, fault.field, fault.value)
    try:
        return json_format.ParseDict(shown, type(response)(), ignore_unknown_fields=True)
    except json_format.ParseError:
        raise Refusal(grpc.StatusCode.INTERNAL, "The fault panel wants what no message can say.") from None


def _budget(wish: Wish) -> tuple[int, int | None]:
    match wish.WhichOneof("budget"):
        case "at_most_cents":
            return 0, wish.at_most_cents
        case "between":
            return wish.between.low_cents, wish.between.high_cents
        case _:
            return 0, None


def _shown(row: Row) -> Product:
    cents = _cents(row)
    product = Product(
        sku=row["sku"],
        name=row["name"],
        price_cents=cents,
        availability=IN_STOCK if row["stock"] > 0 else SOLD_OUT,
        digest=hashlib.sha256(f"{row['sku']} {cents}".encode()).digest(),
    )
    json_format.ParseDict(row["attributes"], product.attributes)
    return product


def _cents(row: Row) -> int:
    return int(row["price"] * 100)
