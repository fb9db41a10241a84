"""What a name stands for, where it came from, and what was read and drawn on the way."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from flows.language.builtins import BUILTIN_NAMES, Builtins, is_time
from flows.language.expressions.budget import Allowance
from flows.language.expressions.errors import EvaluationError
from flows.language.values import MISSING, Headers, Missing, Unresolved, is_missing, near

if TYPE_CHECKING:
    from flows.language.expressions.jsonpath import JsonPath

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Read:
    """One root name that was read. `source`: `loop`, `result`, `captured:STEP` (or `captured`), `step:ID`, `override`,
    `environment`, `flow`, `builtin`.
    """

    name: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Looks names up. The first that has the name wins: the step's own result (only after `with_result`), loop item,
    `extra`, captured variables, earlier steps by id, overrides, environment, flow `env`, built-ins.

    captured: variable → value.
    captured_by: variable → id of the step that captured it, for the record; may be left out.
    results: step id → its result and what it captured, so that `${create.body}` and `${create.user_id}` work.
    fates: step id → {"status": …}, read as `steps.create.status`.
    extra: `error` in error steps, `FLOW_STATUS` in teardown (which, as a built-in name, comes last).
    """

    captured: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    flow_env: Mapping[str, Any] = field(default_factory=dict)
    builtins: Builtins = field(default_factory=Builtins)
    fates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    loop: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    captured_by: Mapping[str, str] = field(default_factory=dict)
    step_id: str | None = None
    step_path: str = ""
    draws: MutableMapping[str, Any] = field(default_factory=dict)
    draws_times: bool = False
    result: Mapping[str, Any] | None = None
    read_log: list[Read] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    allowance: Allowance = field(default_factory=Allowance, compare=False)

    def for_step(self, *, step_id: str, path: str, draws: MutableMapping[str, Any] | None = None) -> "Scope":
        """This scope as the step sees it, with logs of its own.

        `draws` holds what was drawn in earlier attempts and takes what is drawn now: give a retry the same mapping,
        and it gets the same random values.
        """
        return self._with(
            step_id=step_id,
            step_path=path,
            draws={} if draws is None else draws,
            read_log=[],
            notes=[],
            allowance=Allowance(),
            result=None,
        )

    def with_result(self, result: Mapping[str, Any]) -> "Scope":
        """This scope with the keys of the step's own result in front, and `result`, and for HTTP `response`.

        It shares the logs and the draws of this one.
        """
        return self._with(result=_with_any_case_headers(result))

    def with_extra(self, **names: Any) -> "Scope":
        """This scope with a few more names, such as `error`. It shares logs and draws."""
        return self._with(extra={**self.extra, **names})

    def with_notes(self, notes: list[str]) -> "Scope":
        """This scope, whose remarks go there. It shares logs and draws."""
        return self._with(notes=notes)

    def with_clock(self, now: Callable[[], datetime]) -> "Scope":
        """This scope with another time. It shares logs and draws."""
        return self._with(builtins=replace(self.builtins, now=now))

    def _with(self, **changes: Any) -> "Scope":
        """Like dataclasses.replace, which for this many fields takes ten times as long."""
        made = object.__new__(Scope)
        made.__dict__.update(self.__dict__, **changes)
        return made

    def now(self) -> datetime:
        """The time, in UTC."""
        return self.builtins.now().astimezone(UTC)

    # names

    def lookup(self, name: str, *, place: str = "") -> Any:
        """What `name` stands for, or a Missing with near names. `place` tells random values apart.

        Raises EvaluationError for a flow variable that could not be worked out.
        """
        value, source = self._find(name, place)
        if is_missing(value):
            return Missing(name, near(name, self.names()), because=self._why_missing(name), unknown=True)
        if isinstance(value, Unresolved):
            raise EvaluationError(value.message)
        self._log(name, source)
        return value

    def has(self, name: str) -> bool:
        """Whether `name` stands for something. Draws nothing and logs nothing."""
        return name in BUILTIN_NAMES or any(name == other for other in self._given_names())

    def names(self) -> set[str]:
        """Every name there is."""
        names = {*self._given_names(), *BUILTIN_NAMES} - {"STEP_ID", "FLOW_STATUS"}
        if self.step_id is not None:
            names.add("STEP_ID")
        return names

    def _given_names(self) -> Iterator[str]:
        if self.result is not None:
            yield from self.result_view()
            if self.step_id is not None:
                yield self.step_id
        for names in (self.loop, self.extra, self.captured, self.results, self.overrides):
            yield from names
        yield from self.environment
        yield from self.flow_env
        if self.fates:
            yield "steps"

    def _find(self, name: str, place: str) -> tuple[Any, str]:
        if self.result is not None and (value := self._from_result(name)) is not MISSING:
            return value, "result"
        if name in self.loop:
            return self.loop[name], "loop"
        if name in self.extra and name not in BUILTIN_NAMES:
            return self.extra[name], "builtin"
        if name in self.captured:
            step = self.captured_by.get(name)
            return self.captured[name], f"captured:{step}" if step else "captured"
        if self.result is not None and name == self.step_id:  # `login.body.token` among the outputs of login itself
            return self.result_view(), "result"
        if name in self.results:
            return _with_any_case_headers(self.results[name]), f"step:{name}"
        for names, source in (
            (self.overrides, "override"),
            (self.environment, "environment"),
            (self.flow_env, "flow"),
            (self.extra, "builtin"),
        ):
            if name in names:
                return names[name], source
        return self._builtin(name, place), "builtin"

    def _builtin(self, name: str, place: str) -> Any:
        if name == "steps" and self.fates:
            return self.fates if isinstance(self.fates, dict) else dict(self.fates)

        def draw(what: str, how: Callable[[Random], Any]) -> Any:
            return self.draw(f"{place}:{what}", lambda: how(self.builtins.random))

        value = self.builtins.value(name, draw, step_id=self.step_id)
        return self.draw(f"{place}:{name}", lambda: value) if self.draws_times and is_time(name) else value

    def draw(self, key: str, make: Callable[[], Any]) -> Any:
        """The value drawn under `key`; drawn now, and kept, if there is none yet."""
        if key not in self.draws:
            self.draws[key] = make()
        return self.draws[key]

    def _why_missing(self, name: str) -> str:
        fate = self.fates.get(name)
        if not fate:
            return ""
        return f"The step {name} is {fate.get('status', 'not done')} and left no result."

    def _log(self, name: str, source: str) -> None:
        read = Read(name, source)
        if read not in self.read_log:
            self.read_log.append(read)

    # the result

    def result_view(self) -> dict[str, Any]:
        """The step's own result as JSONPath and JMESPath see it, with `result` and `response`.

        Raises EvaluationError where there is no result yet.
        """
        if self.result is None:
            raise EvaluationError("There is no result here. Only assert, output and retry_on read the step's own.")
        view = dict(self.result)
        for name in ("result", "response"):
            if name not in view and (value := self._from_result(name)) is not MISSING:
                view[name] = value
        return view

    def _from_result(self, name: str) -> Any:
        result = self.result if self.result is not None else _NOTHING
        if name in result:
            return result[name]
        if name == "result":
            return result
        if name == "response" and "status" in result and "headers" in result:
            return {**result, "time": result.get("duration_ms")}
        return MISSING

    def jsonpath_root(self, path: "JsonPath") -> Any:
        """What a JSONPath starts from: the body when there is one, unless the path begins with a key of the result.

        Where both have the key the result wins, and a note says so. Raises EvaluationError without a result.
        """
        view = self.result_view()
        self._log("$", "result")
        key, result = path.first_key, self.result or _NOTHING
        if "body" not in result:
            return view
        body = result["body"]
        in_body = key is not None and isinstance(body, dict) and key in body
        if key is None or (key not in result and (in_body or key not in view)):
            return body
        if in_body:
            text = f"{path.source}: both the result and its body have {key}; the result is read."
            self.note(f"{text} Use $.body.{key} for the other.")
        return view

    def note(self, text: str) -> None:
        """Keep a remark for the record."""
        if text not in self.notes:
            self.notes.append(text)


def _with_any_case_headers(result: Mapping[str, Any]) -> dict[str, Any]:
    plain = result if isinstance(result, dict) else dict(result)
    changed = {
        key: Headers(plain[key])
        for key in ("headers", "headers_all")
        if isinstance(plain.get(key), dict) and not isinstance(plain[key], Headers)
    }
    return {**plain, **changed} if changed else plain
