"""What ran in the real product shows in its analytics by itself, and why it failed is told at once."""

from typing import Any

import pytest

from tests.e2e.front_door import Api, flow, http
from tests.running_stack import Stack, wait_until

pytestmark = pytest.mark.stack


def test_real_runs_are_counted_grouped_and_explained(api: Api, stack: Stack) -> None:
    url = stack.shop["SHOP_URL"]
    text = flow(
        "Counted",
        http("shelf", "GET", f"{url}/products", more="assert: [status == 200]"),
        http("gone", "GET", f"{url}/products/none-such", more="assert: [status == 200]"),
    )
    numbers = [api.start(text) for _ in range(3)]
    for number in numbers:
        assert api.wait(number).status == "failed"
    slug = api.record(numbers[0]).execution["flow"]
    told = api.ok("GET", f"/analytics/executions/{numbers[-1]}/diagnosis")
    assert told["verdict"]["category"] == "data"
    assert {rule["id"] for rule in told["rules"]} >= {"http_404"}
    assert told["next_action"]["text"]

    def total() -> dict[str, Any]:
        counts: dict[str, Any] = api.ok("GET", f"/analytics/pass-rate?days=2&flow={slug}")["total"]
        return counts

    wait_until(lambda: total()["failed"] == 3, 120, "three failed executions are counted", pause=0.5)
    (group,) = api.ok("GET", f"/analytics/failures?days=2&flow={slug}")["items"]
    assert (group["count"], group["is_recurring"], group["sub"]) == (3, True, "status == 200|==|status:404")
    called = api.ok("GET", "/analytics/coverage?days=2")["inventory"]
    routes = {one["route"]: one["statuses"] for one in called if slug in one["flows"]}
    assert routes["/products"] == [200]
    assert [404] in routes.values()
