"""The seed flows as texts that validate, so that every page of a made-up run has its flow behind it."""

from typing import Any

import yaml

from analytics.seeding.world import SeedFlow, SeedStep

VERSIONS = 3


def text_of(flow: SeedFlow, version: int) -> str:
    """Version 1 to 3; each says in its description what changed."""
    changes = ("As it began.", "Waits a little longer.", "Checks the answer more closely.")
    document: dict[str, Any] = {
        "name": flow.name,
        "description": f"Made up, to show what a history looks like. {changes[version - 1]}",
        "suite": flow.suite,
        "tags": list(flow.tags),
        "env": {f"{name.upper().replace('-', '_')}_HOST": f"{name}.internal" for name in _services(flow)},
    }
    for section in ("setup", "steps", "teardown"):
        steps = [_step(step, version) for step in flow.steps if step.section == section]
        if steps:
            document[section] = steps
    return yaml.safe_dump({"flow": document}, sort_keys=False, allow_unicode=True, width=110)


def _services(flow: SeedFlow) -> list[str]:
    return sorted({step.service.partition(":")[0] for step in flow.steps if step.service})


def _step(step: SeedStep, version: int) -> dict[str, Any]:
    written: dict[str, Any] = {"id": step.id, "action": step.action, "config": _config(step)}
    if step.condition:
        written["run_condition"] = "now() == null"
    if step.asserts:
        written["assert"] = [step.asserts]
    if step.action not in {"log", "database_query"} and version > 1:
        written["retry"] = {"max_attempts": 3, "delay": "1s" if version == 2 else "2s"}
    return written


def _config(step: SeedStep) -> dict[str, Any]:
    name, _, port = step.service.partition(":")
    host = f"${{{name.upper().replace('-', '_')}_HOST}}"
    if step.action == "http_request":
        config: dict[str, Any] = {
            "method": step.operation,
            "url": f"http://{host}{step.route.replace('{}', '${RANDOM_INT}')}",
        }
        return config | ({"json": {"from": "${FLOW_NAME}"}} if step.operation == "POST" else {})
    if step.action == "database_query":
        sql = {"SELECT": "SELECT * FROM orders WHERE id = :id", "DELETE": "DELETE FROM orders WHERE id = :id"}
        return {"connection": f"postgresql://{host}/shop", "query": sql[step.operation], "params": {"id": 1}}
    if step.action.startswith("kafka"):
        config = {"brokers": f"{host}:9092", "topic": step.route}
        return config | (
            {"value": {"order": "${RANDOM_ID}"}} if step.action == "kafka_producer" else {"timeout": "30s"}
        )
    if step.action.startswith("redis"):
        config = {"url": f"redis://{host}:6379/0", "key": step.route.replace("{}", "${RANDOM_INT}")}
        return config | ({"value": "1"} if step.action == "redis_set" else {})
    if step.action == "grpc_call":
        return {"address": f"{host}:{port}", "service": step.operation, "method": step.route, "request": {}}
    return {"message": "made up"}
