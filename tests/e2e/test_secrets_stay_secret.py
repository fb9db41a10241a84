"""Planted secrets, in every way a target may write them, are nowhere: in no table, log, key or message in Valkey, no
answer of the API and no output of the command line.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, quote_plus

import psycopg
import pytest
import redis
from psycopg import sql

from tests.cli.conftest import Stepwell, shell_environment
from tests.e2e.front_door import Api, key
from tests.running_stack import Stack

pytestmark = pytest.mark.stack

SECRET = 'pl4nted-"S3cret"/+&%é-of-the-environment'
PASSWORD = "pl4nted-Passw0rd-given-by-hand"
SEED = "what the token is made of"
TOKEN = hashlib.md5(SEED.encode()).hexdigest()  # the database makes it: nobody can know it before

FLOW = """
flow:
  name: NAME
  env: {SHOP_URL: x, SHOP_DATABASE_URL: x, SHOP_REDIS_URL: x}
  steps:
    - id: everywhere
      action: http_request
      config:
        method: POST
        url: "${SHOP_URL}/lab/echo"
        params: {q: "${API_SECRET}", p: "${db_password}"}
        headers: {X-Key: "${db_password}", X-Json: '{"a": "${db_password}"}'}
        auth: {type: basic, username: admin, password: "${db_password}"}
        json: {note: "it is ${API_SECRET} here", inner: "{\\"again\\": \\"${API_SECRET}\\"}"}
      assert: ["body.json.note == 'another'", "body.json.note == API_SECRET"]
      on_error: continue
    - id: form
      action: http_request
      config:
        method: POST
        url: "${SHOP_URL}/lab/echo"
        form: {a: "${API_SECRET}", b: "${db_password}"}
      output: {whole_body: body}
    - id: obtain
      action: database_query
      config:
        connection: "${SHOP_DATABASE_URL}"
        query: |
          SELECT md5($1) AS made, $2::text AS secret, encode($2::text::bytea, 'base64') AS coded,
                 encode($2::text::bytea, 'hex') AS hex
        params: ["SEED", "${API_SECRET}"]
      output: {api_token: "rows[0].made"}
    - id: use
      action: http_request
      config:
        url: "${SHOP_URL}/lab/echo"
        headers: {Authorization: "Bearer ${api_token}"}
        params: {t: "${api_token}"}
      assert: ["body.query.t == 'other'"]
      on_error: continue
    - id: complain
      action: database_query
      config:
        connection: "${SHOP_DATABASE_URL}"
        query: "SELECT $1::text::int"
        params: ["${db_password}"]
      on_error: continue
    - id: refused
      action: database_query
      config: {connection: "postgresql://admin:${db_password}@127.0.0.1:1/shop", query: SELECT 1}
      on_error: continue
    - id: cache
      action: redis_set
      config: {url: "${SHOP_REDIS_URL}", key: "secrets-${EXECUTION_ID}", value: "${api_token} ${API_SECRET}", ttl: 1m}
    - id: read
      action: redis_get
      config: {url: "${SHOP_REDIS_URL}", key: "secrets-${EXECUTION_ID}"}
      assert: ["value == 'none'"]
      on_error: continue
    - id: template
      action: log
      config: {message: "${API_SECRET.nothing.there}"}
      on_error: continue
    - id: skipped
      action: log
      run_condition: "db_password == 'x'"
      config: {message: a}
    - id: say
      action: log
      config: {message: "${API_SECRET} ${db_password} ${api_token}", level: error, data: {x: "${API_SECRET}"}}
    - id: dies
      action: assert
      config: {assertions: [{expression: "API_SECRET == db_password", message: "no: ${API_SECRET} ${api_token}"}]}
"""


def spellings(secret: str) -> set[str]:
    raw = secret.encode()
    found = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        quote(secret, safe=""),
        quote_plus(secret),
        repr(secret)[1:-1],
        raw.hex(),
        base64.b64encode(b"admin:" + raw).decode()[8:-4],
    }
    for shift in range(3):  # base64 looks different at each offset; the ends hang on the neighbours
        found.add(base64.b64encode(b"x" * shift + raw).decode()[4:-4])
        found.add(base64.urlsafe_b64encode(b"x" * shift + raw).decode()[4:-4])
    return found


NEEDLES = {needle for secret in (SECRET, PASSWORD, TOKEN) for needle in spellings(secret)}


def found_in(text: str) -> list[str]:
    lower = text.lower()
    return [needle for needle in NEEDLES if needle.lower() in lower]


@contextmanager
def overheard(url: str) -> Iterator[list[str]]:
    """Every command that Valkey gets meanwhile, events and messages among them."""
    heard: list[str] = []
    client: Any = redis.Redis.from_url(url)  # its monitor carries no types
    over = threading.Event()

    def listen(monitor: Any) -> None:
        for command in monitor.listen():
            heard.append(str(command["command"]))
            if over.is_set():
                return

    with client.monitor() as monitor:
        thread = threading.Thread(target=listen, args=(monitor,))
        thread.start()
        try:
            yield heard
        finally:
            over.set()
            client.ping()  # the last it hears
            thread.join(10)
    client.close()


def tables(url: str) -> Iterator[tuple[str, str]]:
    """Every row of every table, written as text; binary columns too."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r'"
        ).fetchall()
        for (name,) in names:
            for (row,) in connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))):
                yield name, row
                for binary in re.findall(r"\\x([0-9a-f]{8,})", row):
                    yield name, bytes.fromhex(binary).decode("latin-1")


@pytest.fixture(scope="module")
def planted(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Api, str, list[str]]]:
    """The execution, the API, what the command line said, what Valkey heard."""
    api = Api(stack)
    shop = api.ok("GET", "/environments/demo")["variables"]
    plain = shop if isinstance(shop, dict) else {item["name"]: item["value"] for item in shop}
    api.ok("PUT", "/environments/secretive", json={"variables": plain, "secrets": {"API_SECRET": SECRET}})
    folder = tmp_path_factory.mktemp("secrets")
    name = f"Secrets {key()}"
    (folder / "flow.yaml").write_text(FLOW.replace("NAME", name).replace("SEED", SEED))
    stepwell = Stepwell(folder, shell_environment(folder) | {"STEPWELL_HOME": str(stack.home)})
    with overheard(stack.redis_url) as heard:
        run = stepwell(
            "run", "flow.yaml", "--env", "secretive", "--var", f"db_password={PASSWORD}",
            "--json", "report.json", "--junit", "report.xml",
        )  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    number = json.loads((folder / "report.json").read_text())["execution"]["id"]
    shown = stepwell("executions", "show", str(number))
    said = run.stdout + run.stderr + shown.stdout + shown.stderr
    said += (folder / "report.json").read_text() + (folder / "report.xml").read_text()
    yield number, api, said, heard
    api.close()


def test_the_flow_did_handle_them(planted: tuple[int, Api, str, list[str]]) -> None:
    """Else nothing below would mean anything."""
    number, api, _, heard = planted
    record = api.record(number)
    assert record.fates == {
        "steps/everywhere": "failed",
        "steps/form": "passed",
        "steps/obtain": "passed",
        "steps/use": "failed",
        "steps/complain": "failed",
        "steps/refused": "failed",
        "steps/cache": "passed",
        "steps/read": "failed",
        "steps/template": "failed",
        "steps/skipped": "skipped",
        "steps/say": "passed",
        "steps/dies": "failed",
    }
    marks = json.dumps(api.step(number, "steps/say"), ensure_ascii=False)
    assert "‹secret:API_SECRET›" in marks
    assert "‹secret:db_password›" in marks
    assert "‹secret:api_token›" in marks
    assert any("step.finished" in command for command in heard)


def test_no_table_holds_them(planted: tuple[int, Api, str, list[str]], stack: Stack) -> None:
    assert {(name, needle) for name, row in tables(stack.database_url) for needle in found_in(row)} == set()


def test_no_log_holds_them(planted: tuple[int, Api, str, list[str]], stack: Stack) -> None:
    """But the target's own: what a database writes down of the queries it gets is its business."""
    files = (path for path in stack.home.rglob("*") if path.is_file() and stack.home / "shop" not in path.parents)
    logs = [path for path in files if path.suffix in {".log", ".txt", ".json"}]
    assert any(path.name == "worker-1.log" for path in logs)
    assert {
        (str(path.relative_to(stack.home)), needle)
        for path in logs
        for needle in found_in(path.read_text(errors="replace"))
    } == set()


def test_valkey_never_heard_them(planted: tuple[int, Api, str, list[str]]) -> None:
    _, _, _, heard = planted
    assert {needle for command in heard for needle in found_in(command)} == set()


def test_the_command_line_never_said_them(planted: tuple[int, Api, str, list[str]]) -> None:
    assert found_in(planted[2]) == []


def test_the_api_never_answers_them(planted: tuple[int, Api, str, list[str]]) -> None:
    number, api, _, _ = planted
    record = api.record(number)
    paths = [
        f"/executions/{number}",
        f"/executions/{number}/report",
        "/executions",
        "/environments/secretive",
        "/flows",
    ]
    paths += [f"/executions/{number}/steps/{path}" for path in record.steps]
    for path in paths:
        assert found_in(api.call("GET", path).text) == [], path
    again = api.ok("POST", f"/executions/{number}/rerun", json={"mode": "today"})
    assert found_in(json.dumps(again, ensure_ascii=False)) == []
    # The override is still known to the re-run, and still hidden.
    rerun = api.wait(again["id"])
    assert rerun.steps["steps/say"]["status"] == "passed"
    assert found_in(api.call("GET", f"/executions/{again['id']}/steps/steps/say").text) == []
