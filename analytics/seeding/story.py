"""What happened in the made-up history: when things failed, slowed down, or were shaky.

Every event is a time counted in days before the end, so that the last weeks look the same however long the history is.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from analytics.seeding.world import SeedFlow, SeedStep


@dataclass(frozen=True)
class Trouble:
    """How a step fails: what the record will say."""

    kind: str
    code: str
    message: str
    actual: object = None
    status: int | None = None  # that an HTTP service answered with


@dataclass(frozen=True)
class Outage:
    service: str
    environment: str
    days_ago: float
    hours: float
    trouble: Trouble


REFUSED: Final = Trouble("unreachable", "refused", "Connection refused.")
OUTAGES: Final = (
    Outage("payments", "staging", 9.3, 1.5, REFUSED),
    Outage(
        "orders", "production", 4.6, 0.7, Trouble("assertion", "assertion", "status is 503, expected 201", 503, 503)
    ),
    Outage("accounts", "staging", 23.4, 3.0, Trouble("timeout", "read_timeout", "No answer within 30 s.")),
    Outage("orders-db", "qa", 15.2, 5.0, Trouble("action", "sqlstate_53300", "FATAL: sorry, too many clients already")),
)
# service, environment, from days ago to days ago, factor
SLOWER: Final = (
    ("payments", "production", 12.0, 0.0, 2.1),
    ("catalogue", "staging", 20.0, 16.0, 1.9),
)


@dataclass(frozen=True)
class Shaky:
    """A step that fails or needs a retry now and then. `chance` of that; `retried` of these pass at the second try."""

    flow: str
    step: str
    environments: tuple[str, ...]
    chance: float
    retried: float
    trouble: Trouble


SHAKY: Final = (
    Shaky("Checkout", "await_event", ("staging", "production"), 0.12, 0.85,
          Trouble("timeout", "too_few_messages", "0 of 1 messages within 30 s.")),
    Shaky("Catalogue search", "suggest", ("production", "staging", "qa"), 0.07, 0.5,
          Trouble("assertion", "assertion", "body.count is 0, expected > 0", 0, 200)),
    Shaky("Shipping label", "label", ("staging",), 0.16, 0.6,
          Trouble("assertion", "assertion", "status is 429, expected 201", 429, 429)),
    Shaky("Order events", "consume", ("qa",), 0.05, 0.4,
          Trouble("timeout", "too_few_messages", "0 of 1 messages within 30 s.")),
)  # fmt: skip


@dataclass(frozen=True)
class Recurring:
    """A failure that comes back: in a stretch of days, with this chance a run."""

    flow: str
    step: str
    environments: tuple[str, ...]
    since: float
    until: float
    chance: float
    trouble: Trouble


RECURRING: Final = (
    Recurring("Refund", "refund_state", ("staging", "qa"), 6.0, 0.0, 0.55,
              Trouble("assertion", "assertion", 'body.state is "PENDING", expected "DONE"', "PENDING", 200)),
    Recurring("Sign-up", "register", ("qa",), 30.0, 3.0, 0.25,
              Trouble("assertion", "assertion", "status is 409, expected 201", 409, 409)),
    Recurring("Nightly invoices", "every_order_has_one", ("production",), 18.0, 11.0, 0.8,
              Trouble("assertion", "assertion", "first_row.missing is 3, expected 0", 3)),
    Recurring("Stock check", "same_in_table", ("qa",), 45.0, 0.0, 0.12,
              Trouble("action", "sqlstate_42P01", 'relation "stock_levels" does not exist')),
    Recurring("Who may do what", "others_data", ("staging",), 2.5, 0.0, 1.0,
              Trouble("assertion", "assertion", "status is 200, expected 403", 200, 200)),
)  # fmt: skip

BAD_LUCK: Final = 0.0015  # chance of a failure nobody can explain, a step
NOBODY_KNOWS: Final = Trouble("unreachable", "reset", "The connection was reset.")


def slowness(step: SeedStep, environment: str, days_ago: float) -> float:
    """The factor on the usual duration."""
    factor = 1.0 if environment == "production" else 1.25 if environment == "staging" else 1.5
    service = step.service.partition(":")[0]
    for slow, where, since, until, times in SLOWER:
        if slow == service and where == environment and since >= days_ago > until:
            factor *= times
    return factor


class Story:
    """Answers, for one flow, what befalls a step at a time. The troubles of the flow are looked up once."""

    def __init__(self, flow: SeedFlow) -> None:
        first = flow.number < 10  # the countless others are mostly well
        self.shaky = {one.step: one for one in SHAKY if first and one.flow == flow.name}
        self.recurring = {one.step: one for one in RECURRING if first and one.flow == flow.name}

    def befalls(self, step: SeedStep, environment: str, days_ago: float, draw: Random) -> tuple[Trouble | None, bool]:
        """What goes wrong with a step, if anything, and whether a retry overcomes it."""
        service = step.service.partition(":")[0]
        for outage in OUTAGES:
            ends = outage.days_ago - outage.hours / 24
            if outage.service == service and outage.environment == environment and outage.days_ago >= days_ago > ends:
                return outage.trouble, False
        again = self.recurring.get(step.id)
        is_time = again is not None and environment in again.environments and again.since >= days_ago > again.until
        if again is not None and is_time and draw.random() < again.chance:
            return again.trouble, False
        shaky = self.shaky.get(step.id)
        if shaky and environment in shaky.environments and draw.random() < shaky.chance:
            return shaky.trouble, draw.random() < shaky.retried
        if step.service and draw.random() < BAD_LUCK:
            return NOBODY_KNOWS, draw.random() < 0.5
        return None, False
