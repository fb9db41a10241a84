"""The catalogue: products, with cached prices and stock counters."""

from http import HTTPStatus
from typing import Any

import simplejson
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation

from examples.shop.accounts import Accounts
from examples.shop.cache import Cache
from examples.shop.fields import Fields
from examples.shop.messages import Json, Refused, Request, Response, answer, no_content
from examples.shop.pages import page
from examples.shop.router import Route
from examples.shop.store import Row, Store

CURRENCY = "EUR"


class Catalogue:
    def __init__(self, store: Store, cache: Cache, accounts: Accounts) -> None:
        self._store = store
        self._cache = cache
        self._accounts = accounts

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/products", self.browse, "category, q, min_price, max_price, in_stock; limit, after"),
            Route("POST", "/products", self.add, "for admins: sku, name, category, price, stock, attributes"),
            Route("GET", "/products/{sku}", self.show, "one product, with an ETag"),
            Route("PUT", "/products/{sku}", self.change, "for admins: name, category, price, stock; If-Match"),
            Route("DELETE", "/products/{sku}", self.remove, "for admins; 409 once it was sold"),
            Route("GET", "/products/{sku}/price", self.price, "from the cache for a minute; `cached` says so"),
            Route("GET", "/products/{sku}/stock", self.stock, "from the counter in the cache; `cached` says so"),
        ]

    def browse(self, request: Request) -> Response:
        limit = request.whole_number("limit", 20, low=1, high=100)
        rows = self._store.all(
            """
            SELECT * FROM products
            WHERE sku > %(after)s
              AND (%(category)s::text IS NULL OR category = %(category)s)
              AND (%(q)s::text IS NULL OR position(lower(%(q)s) IN lower(name)) > 0)
              AND (%(min)s::numeric IS NULL OR price >= %(min)s)
              AND (%(max)s::numeric IS NULL OR price <= %(max)s)
              AND (NOT %(in_stock)s OR stock > 0)
            ORDER BY sku LIMIT %(limit)s
            """,
            {
                "after": request.query.get("after", ""),
                "category": request.query.get("category"),
                "q": request.query.get("q"),
                "min": request.amount("min_price"),
                "max": request.amount("max_price"),
                "in_stock": request.query.get("in_stock") == "true",
                "limit": limit + 1,
            },
        )
        return page([_shown(row) for row in rows], limit=limit, key="sku", request=request, currency=CURRENCY)

    def show(self, request: Request) -> Response:
        row = self._row(request)
        if request.headers.get("if-none-match") == _etag(row):
            return Response(HTTPStatus.NOT_MODIFIED, headers={"ETag": _etag(row)})
        return answer(_shown(row), headers={"ETag": _etag(row)})

    def add(self, request: Request) -> Response:
        self._accounts.admin(request)
        fields = Fields(request.json())
        values = {"sku": fields.text("sku", longest=40), **_values(fields)}
        fields.done()
        try:
            row = self._store.one(
                """
                INSERT INTO products (sku, name, category, price, stock, attributes)
                VALUES (%(sku)s, %(name)s, %(category)s, %(price)s, %(stock)s, %(attributes)s) RETURNING *
                """,
                values,
            )
        except UniqueViolation:
            raise Refused(HTTPStatus.CONFLICT, f"There is a product {values['sku']} already.", field="sku") from None
        except CheckViolation:
            detail = "sku may hold letters, digits and dashes."
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, detail, field="sku") from None
        assert row is not None  # RETURNING gave the row
        return answer(_shown(row), HTTPStatus.CREATED, {"Location": f"/products/{row['sku']}", "ETag": _etag(row)})

    def change(self, request: Request) -> Response:
        self._accounts.admin(request)
        fields = Fields(request.json())
        values = _values(fields)
        fields.done()
        with self._store.transaction() as connection:
            sku = request.params["sku"]
            before = connection.execute("SELECT * FROM products WHERE sku = %s FOR UPDATE", [sku]).fetchone()
            if before is None:
                raise _unknown(request)
            if request.headers.get("if-match", _etag(before)) != _etag(before):
                raise Refused(HTTPStatus.PRECONDITION_FAILED, "The product was changed since you read it.")
            row = connection.execute(
                """
                UPDATE products SET name = %(name)s, category = %(category)s, price = %(price)s, stock = %(stock)s,
                    attributes = %(attributes)s, revision = revision + 1, updated_at = now()
                WHERE sku = %(sku)s RETURNING *
                """,
                {**values, "sku": sku},
            ).fetchone()
        assert row is not None  # locked above
        self._cache.forget([row["sku"]])
        return answer(_shown(row), headers={"ETag": _etag(row)})

    def remove(self, request: Request) -> Response:
        self._accounts.admin(request)
        try:
            row = self._store.one("DELETE FROM products WHERE sku = %s RETURNING sku", [request.params["sku"]])
        except ForeignKeyViolation:
            raise Refused(HTTPStatus.CONFLICT, "The product was sold; orders still name it.") from None
        if row is None:
            raise _unknown(request)
        self._cache.forget([row["sku"]])
        return no_content()

    def price(self, request: Request) -> Response:
        sku = request.params["sku"]
        price = self._cache.price(sku)
        cached = price is not None
        if price is None:
            price = self._row(request)["price"]
            self._cache.keep_price(sku, price)
        return answer({"sku": sku, "price": price, "currency": CURRENCY, "cached": cached})

    def stock(self, request: Request) -> Response:
        sku = request.params["sku"]
        stock = self._cache.stock(sku)
        cached = stock is not None
        if stock is None:
            stock = int(self._row(request)["stock"])
            self._cache.keep_stock(sku, stock)
        return answer({"sku": sku, "stock": stock, "available": stock > 0, "cached": cached})

    def _row(self, request: Request) -> Row:
        row = self._store.one("SELECT * FROM products WHERE sku = %s", [request.params["sku"]])
        if row is None:
            raise _unknown(request)
        return row


def _unknown(request: Request) -> Refused:
    return Refused(HTTPStatus.NOT_FOUND, f"There is no product {request.params['sku']}.")


def _values(fields: Fields) -> dict[str, Any]:
    return {
        "name": fields.text("name", longest=100),
        "category": fields.text("category", longest=40),
        "price": fields.price("price"),
        "stock": fields.whole_number("stock", low=0, high=1_000_000, default=0),
        "attributes": simplejson.dumps(fields.free("attributes"), use_decimal=True),
    }


def _etag(row: Row) -> str:
    return f'"{row["sku"]}-{row["revision"]}"'


def _shown(row: Row) -> Json:
    shown = ("sku", "name", "category", "price", "stock", "attributes")
    return {name: row[name] for name in shown} | {"updated_at": row["updated_at"].isoformat()}
