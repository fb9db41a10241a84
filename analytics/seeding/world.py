"""The company whose history is made up: its services, its flows, and what each step does."""

from dataclasses import dataclass, replace
from typing import Final

ENVIRONMENTS: Final = ("production", "staging", "qa")
HOSTS: Final = {"production": "internal", "staging": "staging.internal", "qa": "qa.internal"}


@dataclass(frozen=True)
class SeedStep:
    """`ms` is its usual duration; `asserts` is the expression under test, empty for none."""

    id: str
    action: str
    service: str
    operation: str
    route: str
    ms: float
    asserts: str = ""
    section: str = "steps"
    condition: str = ""  # of those that are skipped now and then

    @property
    def key(self) -> str:
        return f"{self.section}/{self.id}"

    @property
    def protocol(self) -> str:
        return PROTOCOLS.get(self.action, "")

    def host(self, environment: str) -> str:
        """Where it goes, as the record names services."""
        name, colon, port = self.service.partition(":")
        return f"{name}.{HOSTS[environment]}{colon}{port}" if name else ""


PROTOCOLS: Final = {
    "http_request": "http",
    "database_query": "postgresql",
    "kafka_producer": "kafka",
    "kafka_consumer": "kafka",
    "redis_get": "redis",
    "redis_set": "redis",
    "grpc_call": "grpc",
}


@dataclass(frozen=True)
class SeedFlow:
    name: str
    tags: tuple[str, ...]
    suite: str
    steps: tuple[SeedStep, ...]
    per_day: float = 24.0  # runs in all environments together, on a working day
    trigger: str = "schedule"
    number: int = 0


def _http(
    name: str, service: str, method: str, route: str, ms: float, asserts: str = "status == 200", section: str = "steps"
) -> SeedStep:
    return SeedStep(name, "http_request", service, method, route, ms, asserts, section)


def _sql(name: str, verb: str, ms: float, asserts: str = "row_count == 1", section: str = "steps") -> SeedStep:
    return SeedStep(name, "database_query", "orders-db", verb, "shop", ms, asserts, section)


SIGN_IN: Final = _http("sign_in", "accounts", "POST", "/sessions", 45, "status == 201", "setup")
SIGN_OUT: Final = _http("sign_out", "accounts", "DELETE", "/sessions/{}", 20, "status == 204", "teardown")
CLEAN_UP: Final = _sql("clean_up", "DELETE", 6, "", "teardown")
NOTE: Final = SeedStep("note", "log", "", "", "", 1)

FLOWS: Final = (
    SeedFlow(
        "Checkout", ("shop", "smoke", "critical"), "shop",
        (
            SIGN_IN,
            _http("find_product", "catalogue", "GET", "/products/{}", 38, "body.price < 100"),
            _http("fill_cart", "orders", "POST", "/carts/{}/items", 52, "status == 201"),
            _http("place_order", "orders", "POST", "/orders", 140, "status == 201"),
            _http("pay", "payments", "POST", "/payments", 310, 'body.state == "PAID"'),
            _http("get_receipt", "payments", "GET", "/payments/{}/receipt", 64),
            _sql("check_stock", "SELECT", 8, "first_row.left >= 0"),
            SeedStep("await_event", "kafka_consumer", "events", "CONSUME", "orders.paid", 420, "count == 1"),
            SIGN_OUT,
            CLEAN_UP,
        ),
        per_day=96,
    ),
    SeedFlow(
        "Sign-up", ("accounts", "smoke"), "accounts",
        (
            _http("register", "accounts", "POST", "/users", 120, "status == 201"),
            _http("confirm", "accounts", "POST", "/users/{}/confirmation", 60, "status == 204"),
            SeedStep("welcome_mail", "kafka_consumer", "events", "CONSUME", "mails.queued", 350, "count == 1"),
            _http("first_login", "accounts", "POST", "/sessions", 48, "status == 201"),
            _sql("user_is_kept", "SELECT", 5),
            _sql("forget_user", "DELETE", 7, "", "teardown"),
        ),
        per_day=48,
    ),
    SeedFlow(
        "Catalogue search", ("shop", "read-only"), "shop",
        (
            _http("first_page", "catalogue", "GET", "/products", 85, "body.items.length == 20"),
            _http("second_page", "catalogue", "GET", "/products", 80, "body.items.length == 20"),
            _http("by_category", "catalogue", "GET", "/categories/{}/products", 95),
            SeedStep("is_cached", "redis_get", "cache", "GET", "search:{}", 2, "exists"),
            _http("suggest", "recommendations", "GET", "/suggestions", 110, "body.count > 0"),
        ),
        per_day=72,
    ),
    SeedFlow(
        "Refund", ("payments", "critical"), "payments",
        (
            SIGN_IN,
            _sql("an_old_order", "SELECT", 9),
            _http("ask_refund", "payments", "POST", "/payments/{}/refunds", 260, "status == 201"),
            _http("refund_state", "payments", "GET", "/refunds/{}", 70, 'body.state == "DONE"'),
            SeedStep("ledger", "grpc_call", "ledger:50051", "bank.Ledger", "Balance", 33, "response.balance == 0"),
            _sql("booked", "SELECT", 6),
            SIGN_OUT,
        ),
        per_day=24,
    ),
    SeedFlow(
        "Stock check", ("warehouse",), "warehouse",
        (
            SeedStep("levels", "grpc_call", "stock:50051", "warehouse.Stock", "Levels", 41, 'status == "OK"'),
            _sql("same_in_table", "SELECT", 14, "row_count > 0"),
            SeedStep("cached", "redis_get", "cache", "GET", "stock:{}", 2, "value != null"),
            NOTE,
        ),
        per_day=96,
    ),
    SeedFlow(
        "Order events", ("shop", "events"), "shop",
        (
            SeedStep("publish", "kafka_producer", "events", "PRODUCE", "orders.placed", 12, "offset >= 0"),
            SeedStep("consume", "kafka_consumer", "events", "CONSUME", "orders.accepted", 500, "count == 1"),
            _http("order_state", "orders", "GET", "/orders/{}", 44, 'body.state == "ACCEPTED"'),
            SeedStep("refresh", "http_request", "orders", "POST", "/orders/{}/refresh", 30, "", condition="is_stale"),
        ),
        per_day=48,
    ),
    SeedFlow(
        "Nightly invoices", ("payments", "nightly"), "payments",
        (
            SIGN_IN,
            _http("make_invoices", "payments", "POST", "/invoices/runs", 1800, "status == 202"),
            _http("all_done", "payments", "GET", "/invoices/runs/{}", 90, 'body.state == "DONE"'),
            _sql("every_order_has_one", "SELECT", 60, "first_row.missing == 0"),
            SIGN_OUT,
        ),
        per_day=3,
    ),
    SeedFlow(
        "Recommendations", ("shop", "read-only"), "shop",
        (
            _http("for_product", "recommendations", "GET", "/products/{}/similar", 130, "body.count >= 3"),
            SeedStep("model", "grpc_call", "model:50051", "shop.Model", "Score", 75, 'status == "OK"'),
            SeedStep("remember", "redis_set", "cache", "SET", "similar:{}", 2, "ok"),
        ),
        per_day=36, trigger="api",
    ),
    SeedFlow(
        "Shipping label", ("warehouse",), "warehouse",
        (
            _http("quote", "shipping", "POST", "/quotes", 210, "status == 200"),
            _http("label", "shipping", "POST", "/labels", 330, "status == 201"),
            _http("track", "shipping", "GET", "/parcels/{}", 95),
            _sql("parcel_is_kept", "SELECT", 6),
        ),
        per_day=24, trigger="cli",
    ),
    SeedFlow(
        "Who may do what", ("accounts", "security"), "accounts",
        (
            SIGN_IN,
            _http("own_data", "accounts", "GET", "/users/{}", 35),
            _http("others_data", "accounts", "GET", "/users/{}", 30, "status == 403"),
            _http("admin_page", "accounts", "GET", "/admin/users", 40, "status == 403"),
            SIGN_OUT,
        ),
        per_day=12, trigger="cli",
    ),
)  # fmt: skip


ROUND: Final = len(FLOWS)
LONG: Final = 10  # steps of a flow beyond the first round
# What flows of other countries look at besides.
LOCAL: Final = (
    _http("currency", "countries", "GET", "/countries/{}/currency", 12),
    _http("taxes", "countries", "GET", "/countries/{}/taxes", 18, "body.rate >= 0"),
    _http("holidays", "countries", "GET", "/countries/{}/holidays", 25),
    _http("texts", "texts", "GET", "/texts/{}", 30, "body.count > 0"),
    SeedStep("texts_cached", "redis_get", "cache", "GET", "texts:{}", 2, "exists"),
    _http("legal_notice", "texts", "GET", "/texts/{}/legal", 22),
    _sql("price_list", "SELECT", 9, "row_count > 0"),
)


def flows(number: int) -> list[SeedFlow]:
    """So many flows: those above, and then the same for other countries, which are longer."""
    found = []
    for at in range(number):
        flow, round_ = FLOWS[at % ROUND], at // ROUND
        if round_:
            flow = replace(flow, name=f"{flow.name} {round_ + 1}", steps=_of_a_country(flow.steps))
        found.append(replace(flow, number=at))
    return found


def _of_a_country(steps: tuple[SeedStep, ...]) -> tuple[SeedStep, ...]:
    end = next((at for at, step in enumerate(steps) if step.section == "teardown"), len(steps))
    return (*steps[:end], *LOCAL[: LONG - len(steps)], *steps[end:])
