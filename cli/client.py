"""The server's API, one method per question. Every failure is a CliError with a sentence for people."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO, cast
from urllib.parse import quote, urlencode, urljoin, urlsplit

from cli.errors import ConnectionLost, FlowRefused, NotNow, NotSignedIn, NotThere, ServerRefused, ServerUnreachable
from cli.records import Execution, Report, Saved, Snapshot, StepDetail, StepRun
from cli.transport import CHECK_ADDRESS, Reply, Transport
from flows.language import jsontext

PREFIX = "/api/v1"
TOKEN_VARIABLE = "STEPWELL_TOKEN"  # noqa: S105  the name of a variable
TIMEOUT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 20  # the server's own limit for one long poll


class Client:
    """Not shared between threads; `again()` gives another for the same server."""

    def __init__(self, url: str, token: str, *, token_name: str = TOKEN_VARIABLE) -> None:
        self.url = url
        self._token = token
        self._token_name = token_name  # where a person finds it
        self._transport = Transport(url)

    def again(self) -> "Client":
        return Client(self.url, self._token, token_name=self._token_name)

    def close(self) -> None:
        self._transport.close()

    def page_of(self, execution: Mapping[str, Any]) -> str:
        """The address of an execution for a person."""
        return urljoin(f"{self.url}/", str(execution.get("url") or f"executions/{execution.get('id')}/"))

    # --- flows

    def save_flow(
        self, *, text: str, filename: str, slug: str | None = None, files: Mapping[str, str] | None = None
    ) -> Saved:
        """`problems` of what comes back are finished lines of warnings. Raises FlowRefused with all the errors."""
        body: dict[str, Any] = {"text": text, "filename": filename}
        body |= {name: value for name, value in (("slug", slug), ("files", dict(files or {}))) if value}
        try:
            saved = self._post("/flows", body, has="version")
        except ServerRefused as exc:
            if not exc.detail.get("problems"):
                raise
            raise FlowRefused("The flow has errors.", _problem_lines(filename, exc.detail)) from exc
        return cast(Saved, saved | {"problems": _problem_lines(filename, saved)})

    def flow(self, slug: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._get(f"/flows/{_part(slug)}", has="text"))

    def flow_version(self, slug: str, number: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._get(f"/flows/{_part(slug)}/versions/{number}", has="text"))

    def flows(self, limit: int | None = None) -> Iterator[dict[str, Any]]:
        return self._pages("/flows", {}, limit)

    # --- environments

    def environments(self) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self._get("/environments", has="items")["items"])

    def environment(self, name: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._get(f"/environments/{_part(name)}", has="name"))

    def save_environment(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        path = f"/environments/{_part(name)}"
        return cast(dict[str, Any], self._call("PUT", path, body=body, has="name"))

    # --- executions

    def start(self, body: Mapping[str, Any], *, idempotency_key: str) -> Execution:
        headers = {"Idempotency-Key": idempotency_key}
        return cast(Execution, self._post("/executions", body, has="id", headers=headers))

    def executions(self, limit: int | None, **filters: str | None) -> Iterator[Execution]:
        query = {name: value for name, value in filters.items() if value}
        return cast(Iterator[Execution], self._pages("/executions", query, limit))

    def snapshot(self, execution_id: int, *, after: int | None = None) -> Snapshot:
        """With `after`, waits up to 20 s for an event of a higher number."""
        query = {} if after is None else {"after": str(after), "wait": str(LONGEST_WAIT_SECONDS)}
        timeout = TIMEOUT_SECONDS if after is None else LONGEST_WAIT_SECONDS + TIMEOUT_SECONDS
        return cast(Snapshot, self._get(f"/executions/{execution_id}", query, has="execution", timeout=timeout))

    def diagnosis(self, execution_id: int) -> dict[str, Any]:
        """Why it failed, by rules. Not found where no step did."""
        found: dict[str, Any] = self._get(f"/analytics/executions/{execution_id}/diagnosis", has="verdict")
        return found

    def ask_for_analysis(self, execution_id: int, *, anew: bool) -> dict[str, Any]:
        path = f"/analytics/executions/{execution_id}/analysis"
        return cast(dict[str, Any], self._post(path, {"anew": anew}, has="status"))

    def analysis(self, analysis_id: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._get(f"/analytics/analyses/{analysis_id}", has="status"))

    def coverage(self, *, days: int, **narrowed: str) -> dict[str, Any]:
        query = {"days": str(days), **{name: value for name, value in narrowed.items() if value}}
        found: dict[str, Any] = self._get("/analytics/coverage", query, has="services")
        return found

    def routes(self, service: str) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self._get("/analytics/routes", {"service": service}, has="items")["items"])

    def route_overrides(self) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self._get("/analytics/route-overrides", has="items")["items"])

    def override_routes(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("PUT", "/analytics/route-overrides", body=body, has="changed"))

    def forget_override(self, number: int) -> None:
        self._call("DELETE", f"/analytics/route-overrides/{number}", has="")

    def steps(self, execution_id: int) -> list[StepRun]:
        """Every step run, also of loops over thousands."""
        found: list[StepRun] = []
        query = {"limit": "500"}
        while True:
            page = self._get(f"/executions/{execution_id}/steps", query, has="items")
            found += page["items"]
            if not page.get("next"):
                return found
            query["cursor"] = page["next"]

    def report(self, execution_id: int) -> Report:
        return cast(Report, self._get(f"/executions/{execution_id}/report", has="execution"))

    def step(self, execution_id: int, path: str, *, is_whole: bool = False) -> StepDetail:
        """With the beginnings of what is long, unless all of it is asked for."""
        where = f"/executions/{execution_id}/steps/{quote(path, safe='/')}{'?whole=true' if is_whole else ''}"
        return cast(StepDetail, self._get(where, has="path"))

    def export(self, execution_id: int, form: str, into: BinaryIO) -> None:
        """Writes the file into `into`, which is written anew should the connection break in between."""
        path = f"/executions/{execution_id}/export?format={form}"
        reply = self._exchange("GET", path, timeout=TIMEOUT_SECONDS, into=into)
        if "content-disposition" not in reply.headers:
            raise ServerUnreachable(f"What answers at {self.url} is not Stepwell.", CHECK_ADDRESS)

    def cancel(self, execution_id: int) -> Execution:
        return cast(Execution, self._post(f"/executions/{execution_id}/cancel", {}, has="id"))

    def rerun(self, execution_id: int, body: Mapping[str, Any], *, idempotency_key: str) -> Execution:
        headers, path = {"Idempotency-Key": idempotency_key}, f"/executions/{execution_id}/rerun"
        return cast(Execution, self._post(path, body, has="id", headers=headers))

    # --- batches

    def start_batch(self, body: Mapping[str, Any], *, idempotency_key: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": idempotency_key}
        return cast(dict[str, Any], self._post("/batches", body, has="id", headers=headers, timeout=120.0))

    def batch(self, batch_id: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._get(f"/batches/{batch_id}", has="id"))

    def batch_rows(self, batch_id: int) -> Iterator[dict[str, Any]]:
        return self._pages(f"/batches/{batch_id}/rows", {}, None)

    def cancel_batch(self, batch_id: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._post(f"/batches/{batch_id}/cancel", {}, has="id"))

    def rerun_batch(self, batch_id: int, body: Mapping[str, Any], *, idempotency_key: str) -> dict[str, Any]:
        headers, path = {"Idempotency-Key": idempotency_key}, f"/batches/{batch_id}/rerun"
        return cast(dict[str, Any], self._post(path, body, has="id", headers=headers, timeout=120.0))

    def batches(self, limit: int) -> Iterator[dict[str, Any]]:
        return self._pages("/batches", {}, limit)

    # --- schedules

    def schedules(self, **filters: str | None) -> Iterator[dict[str, Any]]:
        return self._pages("/schedules", {name: value for name, value in filters.items() if value}, None)

    def create_schedule(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return cast(dict[str, Any], self._post("/schedules", body, has="id"))

    def edit_schedule(self, schedule: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
        """Refused if it is no longer as `schedule` says."""
        headers = {"If-Match": f'"r{schedule["revision"]}"'}
        path = f"/schedules/{schedule['id']}"
        return cast(dict[str, Any], self._call("PATCH", path, body=body, has="id", headers=headers))

    def delete_schedule(self, schedule_id: int) -> None:
        self._call("DELETE", f"/schedules/{schedule_id}", has="")

    def pause_schedule(self, schedule_id: int, note: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._post(f"/schedules/{schedule_id}/pause", {"note": note}, has="id"))

    def resume_schedule(self, schedule_id: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._post(f"/schedules/{schedule_id}/resume", {}, has="id"))

    def run_schedule(self, schedule_id: int) -> Execution:
        return cast(Execution, self._post(f"/schedules/{schedule_id}/run", {"trigger": "cli"}, has="id"))

    def slots(self, schedule_id: int, limit: int) -> Iterator[dict[str, Any]]:
        return self._pages(f"/schedules/{schedule_id}/slots", {}, limit)

    # --- limits, hooks, notifications

    def limits(self) -> dict[str, Any]:
        return cast(dict[str, Any], self._get("/limits", has="flows"))

    def set_limits(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("PATCH", "/limits", body=body, has="flows"))

    def hooks(self) -> list[dict[str, Any]]:
        return list(self._pages("/hooks", {}, None))

    def create_hook(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """With the address, which is told this once."""
        return cast(dict[str, Any], self._post("/hooks", body, has="url"))

    def edit_hook(self, hook_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("PATCH", f"/hooks/{hook_id}", body=body, has="id"))

    def revoke_hook(self, hook_id: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("DELETE", f"/hooks/{hook_id}", has="id"))

    def notified(self, kind: str, limit: int | None = None, **filters: str | None) -> Iterator[dict[str, Any]]:
        """The `targets`, the `rules` or the `deliveries`."""
        wanted = {name: value for name, value in filters.items() if value}
        return self._pages(f"/notifications/{kind}", wanted, limit)

    def create_notified(self, kind: str, body: Mapping[str, Any], *, has: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._post(f"/notifications/{kind}", body, has=has))

    def delete_notified(self, kind: str, number: int) -> None:
        self._call("DELETE", f"/notifications/{kind}/{number}", has="")

    def test_target(self, target_id: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._post(f"/notifications/targets/{target_id}/test", {}, has="id"))

    def send_again(self, delivery_id: int) -> dict[str, Any]:
        return cast(dict[str, Any], self._post(f"/notifications/deliveries/{delivery_id}/resend", {}, has="id"))

    # --- one call

    def _get(
        self, path: str, query: Mapping[str, str] | None = None, *, has: str, timeout: float = TIMEOUT_SECONDS
    ) -> Any:
        target = f"{path}?{urlencode(query)}" if query else path
        return self._call("GET", target, has=has, timeout=timeout)

    def _post(self, path: str, body: Mapping[str, Any], **options: Any) -> Any:
        return self._call("POST", path, body=body, **options)

    def _call(
        self,
        method: str,
        path: str,
        *,
        has: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Any:
        """`has` is a key of every right answer: many things answer 200 and are not Stepwell. Empty: there is none."""
        answer = _json_object(self._exchange(method, path, body=body, headers=headers, timeout=timeout))
        if has and has not in answer:
            raise ServerUnreachable(f"What answers at {self.url} is not Stepwell.", CHECK_ADDRESS)
        return answer

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float,
        into: BinaryIO | None = None,
    ) -> Reply:
        content = None if body is None else jsontext.dumps(body).encode("ascii")
        sent = {"Accept": "application/json", "User-Agent": "stepwell-cli", **(headers or {})}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        if content is not None:
            sent["Content-Type"] = "application/json"
        send = partial(
            self._transport.send, method, PREFIX + path, body=content, headers=sent, timeout=timeout, into=into
        )
        try:
            reply = send()
        except ConnectionLost as exc:
            if isinstance(exc.__cause__, TimeoutError):
                raise
            reply = send()  # every request of ours may be repeated: what starts a run carries its Idempotency-Key
        if reply.status >= 300:
            raise self._refusal(reply)
        return reply

    def _refusal(self, reply: Reply) -> Exception:
        status = reply.status
        problem = _json_object(reply) if "json" in reply.headers.get("content-type", "") else {}
        if 300 <= status < 400:
            return self._redirected(reply)
        if status >= 500:
            said = f": {_sentence(problem)}" if problem else "."
            return ServerUnreachable(f"The server at {self.url} answered {status}{said}", "Its log says why.")
        if not problem:
            fact = f"What answers at {self.url} is not Stepwell: it said {status} and gave no reason we know."
            return ServerUnreachable(fact, CHECK_ADDRESS)
        if status == 401:
            return self._not_signed_in(status, problem)
        kind: type[ServerRefused] = {404: NotThere, 409: NotNow}.get(status, ServerRefused)
        return kind(_sentence(problem), status=status, detail=problem)

    def _not_signed_in(self, status: int, problem: Mapping[str, Any]) -> NotSignedIn:
        if not self._token:
            fact = f"The server at {self.url} wants a token, and STEPWELL_TOKEN is not set."
        else:
            fact = f"The server at {self.url} does not accept the token in {self._token_name}."
        hint = "Set STEPWELL_TOKEN to a valid token of your workspace; the admin pages make one."
        return NotSignedIn(fact, hint, status=status, detail=problem)

    def _redirected(self, reply: Reply) -> ServerUnreachable:
        target = urljoin(self.url, reply.headers.get("location", ""))
        parts = urlsplit(target)
        return ServerUnreachable(
            f"The server at {self.url} sends its callers on to {target}.",
            f"Set STEPWELL_URL to {parts.scheme}://{parts.netloc} if that is where it lives.",
        )

    def _pages(self, path: str, query: Mapping[str, str], limit: int | None) -> Iterator[dict[str, Any]]:
        cursor, left = None, limit
        while left is None or left > 0:
            size = {"limit": str(min(left, 100))} if left is not None else {}
            answer = self._get(path, {**query, **size, **({"cursor": str(cursor)} if cursor else {})}, has="items")
            items, cursor = answer["items"], answer.get("next")
            yield from items if left is None else items[:left]
            left = None if left is None else left - len(items)
            if not cursor:
                return


def _part(name: str) -> str:
    return quote(name, safe="")


def _json_object(reply: Reply) -> dict[str, Any]:
    """The object that was sent; empty when it is none."""
    try:
        value = jsontext.loads(reply.body)
    except jsontext.NotJson:
        return {}
    return value if isinstance(value, dict) else {}


def _sentence(problem: Mapping[str, Any]) -> str:
    text = str(problem.get("detail") or problem.get("title") or "The server gave no reason")
    return text if text.endswith((".", "?")) else f"{text}."


def _problem_lines(filename: str, answer: Mapping[str, Any]) -> list[str]:
    """As `stepwell validate` would write them."""
    lines = []
    for one in answer.get("problems") or ():
        line = f"{filename}:{one.get('line')}:{one.get('column')}: {one.get('severity')}: {one.get('message')}"
        lines.append(f"{line} Did you mean {one['suggestion']}?" if one.get("suggestion") else line)
    return lines
