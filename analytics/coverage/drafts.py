"""The draft of a step for an operation that no flow calls yet."""

import re
from typing import Any

import yaml

from analytics.coverage.declared import Operation
from analytics.coverage.matching import HTTP

_PLACE = re.compile(r"\{([^{}/]*)\}")


def draft_of(protocol: str, operation: Operation, service: str) -> str:
    """A step as YAML, to paste below `steps:`. What only a person knows is a variable of the environment."""
    step = _http(operation, service) if protocol == HTTP else _grpc(operation, service)
    text: str = yaml.safe_dump([step], sort_keys=False, allow_unicode=True, width=110)
    return text


def _http(operation: Operation, service: str) -> dict[str, Any]:
    path = _PLACE.sub(lambda found: "${" + _name(found[1]).upper() + "}", operation.route)
    config: dict[str, Any] = {"method": operation.operation, "url": f"${{{_name(service).upper()}_URL}}{path}"}
    if operation.query:
        config["params"] = {name: f"${{{_name(name).upper()}}}" for name in operation.query}
    if operation.example is not None:
        config["json"] = operation.example
    wanted = next((one for one in operation.responses if one.startswith("2") and one.isdigit()), "200")
    return {
        "id": _name(operation.operation_id or f"{operation.operation} {operation.route}"),
        **({"name": operation.summary} if operation.summary else {}),
        "action": "http_request",
        "config": config,
        "assert": [f"status == {wanted}"],
    }


def _grpc(operation: Operation, service: str) -> dict[str, Any]:
    return {
        "id": _name(operation.route),
        "action": "grpc_call",
        "config": {
            "address": f"${{{_name(service).upper()}_ADDRESS}}", "service": operation.operation,
            "method": operation.route, "request": {},
        },
        "assert": ['status == "OK"'],
    }  # fmt: skip


def _name(text: str) -> str:
    """`GET /orders/{id}` → `get_orders_id`: a step's id, or a variable's name."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).strip("_").lower()
    return (words if words[:1].isalpha() else f"step_{words}")[:64].rstrip("_")
