"""A run of a thousand steps, hundreds of rows and thousands of messages: only what is in sight is drawn."""

import json

import psycopg
import pytest
from playwright.sync_api import Page, expect

from executions.masking import Masker
from executions.payloads import record
from tests.e2e.front_door import Api
from tests.pages.conftest import picture
from tests.running_stack import Stack

FEW = 120  # rows drawn of a list of which only those in sight are
COLUMNS = ", ".join(f"'value ' || (g * {n}) AS column_{n}" for n in range(1, 31))
ROWS = f"""
  - id: rows
    action: database_query
    config:
      connection: "${{SHOP_DATABASE_URL}}"
      query: "SELECT {COLUMNS} FROM generate_series(1, 500) g"
"""
STEPS = "\n".join(f"  - {{id: step_{n:04d}, action: log, config: {{message: 'line {n}'}}}}" for n in range(998))
FLOW = f"name: Pages - a thousand steps\nsteps:\n{STEPS}\n  - {{id: read, action: log, config: {{message: x}}}}{ROWS}"
MESSAGES = [
    {
        "topic": "orders",
        "partition": n % 3,
        "offset": n // 3,
        "key": f"order-{n}",
        "timestamp": "2026-01-01T10:00:00.000Z",
        "headers": {"source": "shop"},
        "value": json.dumps({"id": n, "state": "refused" if n % 1000 == 7 else "paid"}),
    }
    for n in range(5000)
]


@pytest.fixture(scope="module")
def large(stack: Stack) -> int:
    """A run whose `read` says that it consumed five thousand messages: put there, because no broker is at hand."""
    api = Api(stack)
    number = api.start(FLOW, environment="demo")
    assert api.wait(number, seconds=120).status == "passed"
    api.close()
    told = record({"topic": "orders"}, {"messages": MESSAGES}, Masker({}), is_partial=False)
    assert told is not None
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(
            "UPDATE executions_steprun SET action = 'kafka_consumer' WHERE execution_id = %s AND step_id = 'read'",
            [number],
        )
        changed = connection.execute(
            "UPDATE executions_payload SET request = %s, response = %s, response_size = %s WHERE attempt_id IN"
            " (SELECT a.id FROM executions_attempt a JOIN executions_steprun s ON s.id = a.step_run_id"
            " WHERE s.execution_id = %s AND s.step_id = 'read')",
            [told.request, told.response, told.response_size, number],
        )
        assert changed.rowcount == 1
    return number


def test_a_step_far_down_is_in_sight_and_keys_go_on_from_there(page: Page, large: int) -> None:
    # Given a link to a step far down
    page.goto(f"/executions/{large}?step=steps/step_0900")
    row = page.locator('[data-step="steps/step_0900"]')
    # Then it is in sight, and few others are drawn
    expect(row).to_be_in_viewport(ratio=1)
    expect(row).to_have_attribute("aria-current", "true")
    assert page.locator("[data-step]").count() < FEW
    # And keys go on from there: j and k from anywhere, the arrows with the focus
    page.keyboard.press("j")
    page.wait_for_url("**step_0901**")
    page.locator('[data-step="steps/step_0901"]').focus()
    for n in range(902, 932):
        page.keyboard.press("ArrowDown")
        expect(page.locator(f'[data-step="steps/step_{n:04d}"]')).to_be_focused()
    expect(page.locator('[data-step="steps/step_0931"]')).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("region", name="Step step_0931")).to_be_visible()
    # The list counts all of them as passed
    page.goto("/executions?q=flow:pages-a-thousand-steps")
    expect(page.get_by_role("img", name="1000 of 1000 steps passed")).to_be_visible()


def test_all_rows_and_messages_are_there_and_can_be_filtered(page: Page, large: int) -> None:
    # Given the rows of a query, of which the first came along
    page.goto(f"/executions/{large}?step=steps/rows&tab=response")
    expect(page.get_by_text("500 rows", exact=True)).to_be_visible()
    table = page.get_by_role("table", name="Rows")
    expect(table).to_contain_text("value 30")
    # When all of them are asked for
    page.get_by_role("button", name="Show all of it").click()
    # Then the grid has them, and a filter finds the last
    expect(table).to_have_attribute("aria-rowcount", "501")
    page.get_by_label("Filter: Rows").fill("VALUE 15000")
    expect(page.get_by_text("1 of 500 rows")).to_be_visible()
    expect(table).to_contain_text("value 14500")
    picture(page, "large-rows")
    # The same of messages, each of which opens
    page.goto(f"/executions/{large}?step=steps/read&tab=response")
    messages = page.get_by_role("table", name="Messages")
    expect(messages).to_contain_text("order-1")
    page.get_by_role("button", name="Show all of it").click()
    expect(messages).to_have_attribute("aria-rowcount", "5001")
    assert page.get_by_role("row").count() < FEW
    page.get_by_label("Filter: Messages").fill('"state": "refused"')
    expect(page.get_by_text("5 of 5,000 rows")).to_be_visible()
    messages.get_by_role("row").filter(has_text="order-4007").click()
    expect(page.get_by_role("group", name="Value of the message")).to_contain_text("4007")
    picture(page, "large-messages")
