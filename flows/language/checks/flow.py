"""Reads the document: what stands at the top, and the steps."""

import re
from collections.abc import Collection
from typing import Any

from flows.language.checks.fields import Fields
from flows.language.checks.findings import Findings
from flows.language.checks.layout import lay_out, name_steps
from flows.language.checks.names import NameCheck
from flows.language.checks.retry import read_retry
from flows.language.checks.secrets import warn_about_secrets
from flows.language.checks.step import StepReader
from flows.language.document import ListNode, MapNode, Node, Place, find, plain
from flows.language.spec import SECTIONS, FlowConfig, FlowSpec

FLOW_KEYS = ("name", "description", "tags", "suite", "author", "version", "env", "env_file", "config", *SECTIONS)
KEPT_FLOW_KEYS = ("graph", "collection", "data_source", "output")
CONFIG_KEYS = ("timeout", "teardown_timeout", "fail_fast", "retry")
MAX_NAME = 255


class FlowReader:
    """Reads one document, reporting what is wrong."""

    def __init__(self, root: Node, findings: Findings, known_names: Collection[str] | None) -> None:
        self._root = root
        self._findings = findings
        self._fields = Fields(findings)
        self._known_names = known_names

    def read(self) -> FlowSpec | None:
        """The flow as far as it could be read."""
        root = self._fields.mapping(self._root, ("flow",))
        if root is None:
            return None
        flow, place = self._unwrap(root)
        if flow is None:
            return None
        known = (*FLOW_KEYS, *KEPT_FLOW_KEYS)
        self._findings.unknown_keys(flow, known, "A flow has", place, candidates=frozenset(FLOW_KEYS))
        given = self._top(flow, place)
        given["kept"] = {**self._kept(root, (), flow), **self._kept(flow, place, None)}
        env_node = flow.get("env")
        given["env"] = self._env(env_node, (*place, "env"))
        given["config"] = self._config(flow.get("config"), (*place, "config"))

        spots = lay_out(flow, place, self._findings)
        reader = StepReader(self._fields, spots, name_steps(spots))
        for section in SECTIONS:
            given[section] = self._section(reader, flow, section, place)

        names = NameCheck(self._findings, env=given["env"], known_names=self._known_names)
        if isinstance(env_node, MapNode):
            names.check_env(given["env"], env_node, (*place, "env"), {found.step.id for found in reader.found.values()})
            warn_about_secrets(env_node, (*place, "env"), self._findings)
        names.check_steps(reader.found.values(), given["config"].retry, _retry_node(flow))
        for found in reader.found.values():
            if isinstance(found.spot.node, MapNode) and (config := found.spot.node.get("config")) is not None:
                inside = found.spec.step_keys if found.spec is not None else ()
                warn_about_secrets(config, (*found.spot.place, "config"), self._findings, but=inside)
        self._refuse_itself(reader, given["name"])
        given = {key: value for key, value in given.items() if value is not None}
        return FlowSpec(**{"name": "", **given})

    def _refuse_itself(self, reader: StepReader, name: str | None) -> None:
        """Through others it may still run itself; that is seen when it runs."""
        for found in reader.found.values():
            called = found.step.config.get("flow")
            if found.step.action == "run_flow" and name and isinstance(called, str) and _slug(called) == _slug(name):
                place = (*found.spot.place, "config", "flow")
                self._findings.error("bad_value", "A flow cannot run itself.", find(found.spot.node, place[-2:]), place)

    def _unwrap(self, root: MapNode) -> tuple[MapNode | None, Place]:
        """The flow itself: under `flow:`, or the whole document."""
        wrapped = root.get("flow")
        if wrapped is None:
            return root, ()
        others = (*KEPT_FLOW_KEYS, "flow")
        for key, (node, _) in root.entries.items():
            if key not in others:
                message = f"{key[:40]} stands beside flow: and belongs under it."
                if key not in FLOW_KEYS:
                    message = f"Beside flow: there is no key {key[:40]}."
                self._findings.error("unknown_key", message, node, (key,))
        return self._fields.mapping(wrapped, ("flow",)), ("flow",)

    def _top(self, flow: MapNode, place: Place) -> dict[str, Any]:
        given: dict[str, Any] = {"name": self._name(flow, place)}
        for key in ("description", "suite", "author", "version", "env_file"):
            node = flow.get(key)
            if node is not None and not self._fields.is_empty(node):
                given[key] = self._fields.text(node, (*place, key), numbers=key != "env_file")
        tags = flow.get("tags")
        if tags is not None and not self._fields.is_empty(tags):
            given["tags"] = self._fields.texts(tags, (*place, "tags"))
        return given

    def _name(self, flow: MapNode, place: Place) -> str | None:
        node = flow.get("name")
        if node is None or self._fields.is_empty(node):
            self._findings.error(
                "missing_key", "The flow has no name.", flow if node is None else node, (*place, "name")
            )
            return None
        name = self._fields.text(node, (*place, "name"), most=MAX_NAME)
        if name is not None and not name.strip():
            self._findings.error("missing_key", "The flow's name is empty.", node, (*place, "name"))
            return None
        self._fields.template_in(node, (*place, "name"))
        return name

    def _kept(self, mapping: MapNode, place: Place, flow: MapNode | None) -> dict[str, Any]:
        """What is kept and ignored at the top; `flow` when the wrapper's neighbours are looked at."""
        kept: dict[str, Any] = {}
        if mapping is flow:
            return kept
        for key in KEPT_FLOW_KEYS:
            if (entry := mapping.entries.get(key)) is not None:
                message = f"{key} of a flow is kept and ignored."
                self._findings.warning("ignored_key", message, entry[0], (*place, key))
                kept[key] = plain(entry[1])
        return kept

    def _env(self, node: Node | None, place: Place) -> dict[str, Any]:
        if node is None or self._fields.is_empty(node):
            return {}
        mapping = self._fields.mapping(node, place)
        return {} if mapping is None else dict(plain(mapping))

    def _config(self, node: Node | None, place: Place) -> FlowConfig:
        if node is None or self._fields.is_empty(node) or (mapping := self._fields.mapping(node, place)) is None:
            return FlowConfig()
        self._findings.unknown_keys(mapping, CONFIG_KEYS, "The config of a flow has", place)
        given: dict[str, Any] = {}
        for key, (_, value) in mapping.entries.items():
            if self._fields.is_empty(value):
                continue
            if key in ("timeout", "teardown_timeout"):
                given[key] = self._time_limit(value, (*place, key))
            elif key == "fail_fast":
                given[key] = self._fields.flag(value, (*place, key))
            elif key == "retry":
                given[key] = read_retry(self._fields, value, (*place, key))
        return FlowConfig(**{key: value for key, value in given.items() if value is not None})

    def _time_limit(self, node: Node, place: Place) -> float | None:
        found: float | None = self._fields.duration(node, place, above_zero=True, template=False)
        return found

    def _section(self, reader: StepReader, flow: MapNode, section: str, place: Place) -> list[Any]:
        node, here = flow.get(section), (*place, section)
        if node is None or self._fields.is_empty(node) or (isinstance(node, ListNode) and not node.items):
            if section == "steps":
                at = flow if node is None else node
                self._findings.error(
                    "missing_key", "The flow has no steps. It needs at least one under steps:.", at, here
                )
            return []
        steps = self._fields.items(node, here, "a list of steps")
        return [] if steps is None else reader.read_list(steps, here)


def _slug(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def _retry_node(flow: MapNode) -> Node | None:
    config = flow.get("config")
    return config.get("retry") if isinstance(config, MapNode) else None
