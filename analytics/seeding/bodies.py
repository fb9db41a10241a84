"""What the made-up steps sent and got, in the shape each action records."""

from typing import Any

from analytics.seeding.story import Trouble
from analytics.seeding.world import SeedStep

Exchange = tuple[dict[str, Any] | None, dict[str, Any] | None]


def exchange_of(step: SeedStep, environment: str, trouble: Trouble | None) -> Exchange:
    """Request and response; no response where nobody answered."""
    request = _request(step, environment)
    if trouble is not None and trouble.kind in {"unreachable", "timeout", "action"}:
        return request, None
    return request, _response(step, trouble)


def assertions_of(step: SeedStep, trouble: Trouble | None) -> list[dict[str, Any]]:
    """The one assertion as evaluated; none where the target never answered."""
    if not step.asserts or (trouble is not None and trouble.kind != "assertion"):
        return []
    name, operator, expected = (*step.asserts.split(" ", 2), "", "")[:3]
    wanted = _value(expected)
    actual = trouble.actual if trouble else wanted
    return [
        {
            "expression": step.asserts, "operator": operator, "passed": trouble is None, "actual": actual,
            "expected": wanted, "message": trouble.message if trouble else "", "line": None,
            "parts": [{"source": name, "value": actual}], "error": None, "notes": [], "group": "all",
            "held": trouble is None,
        }
    ]  # fmt: skip


def _value(text: str) -> Any:
    if text.startswith('"'):
        return text.strip('"')
    return int(text) if text.lstrip("-").isdigit() else None if text in {"", "null"} else text


def _request(step: SeedStep, environment: str) -> dict[str, Any] | None:
    host = step.host(environment)
    if step.protocol == "http":
        body = {"from": "seed"} if step.operation == "POST" else None
        url = f"http://{host}{step.route.replace('{}', '1207')}"
        return {"method": step.operation, "url": url, "headers": {"Accept": "*/*"}, "body": body}
    if step.protocol == "postgresql":
        return {"connection": f"postgresql://{host}/shop", "query": f"{step.operation} …", "params": {"id": 1}}
    if step.protocol == "kafka":
        return {"brokers": [f"{host}:9092"], "topic": step.route}
    if step.protocol == "redis":
        return {"url": f"redis://{host}:6379/0", "key": step.route.replace("{}", "1207")}
    if step.protocol == "grpc":
        return {"address": host, "service": step.operation, "method": step.route, "request": {}}
    return None


def _response(step: SeedStep, trouble: Trouble | None) -> dict[str, Any]:
    if step.protocol == "http":
        declared = step.asserts[-3:] if step.asserts.startswith("status") else "200"
        status = trouble.status if trouble and trouble.status else int(declared)
        field, value = step.asserts.split(" ")[0], trouble.actual if trouble else None
        body = {field.removeprefix("body."): value} if field.startswith("body.") else {"id": 1207}
        return {"status": status, "headers": {"Content-Type": "application/json"}, "body": body,
                "content_type": "application/json", "size": 64}  # fmt: skip
    if step.protocol == "postgresql":
        return {"rows": [{"id": 1}], "row_count": 1, "columns": ["id"]}
    if step.protocol == "kafka":
        return {"topic": step.route, "partition": 0, "offset": 42, "count": 1}
    if step.protocol == "redis":
        return {"exists": True, "value": "1", "type": "string", "ok": True}
    if step.protocol == "grpc":
        return {"status": "OK", "response": {"balance": 0}}
    return {"message": "made up"}
