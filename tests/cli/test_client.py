"""Whatever answers, or does not: one clear sentence, the right exit code, never a traceback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from cli.client import Client
from cli.errors import ConnectionLost, Exit, FlowRefused, NotNow, NotSignedIn, NotThere, ServerUnreachable
from tests.cli.conftest import Stepwell
from tests.cli.records import execution
from tests.cli.scripted_server import Answer, Asked, ScriptedServer, problem


@pytest.fixture
def client(server: ScriptedServer) -> Iterator[Client]:
    made = Client(server.url, "t")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("answer", "code", "sentence"),
    [
        (problem(401, "Unauthorized"), 2, "does not accept the token in STEPWELL_TOKEN. Set STEPWELL_TOKEN to a valid"),
        (problem(403, "A viewer may not start executions."), 2, "A viewer may not start executions."),
        (problem(404, "There is no flow 'x'. The nearest is 'xy'."), 2, "There is no flow 'x'. The nearest is 'xy'."),
        (problem(409, "This key was used before"), 2, "This key was used before."),
        (problem(422, "There is no environment 'stagin'."), 2, "There is no environment 'stagin'."),
        (problem(500, "This is a fault of the server"), 5, "answered 500: This is a fault of the server. Its log says"),
        (Answer(502, raw=b"<html>Bad gateway"), 5, "answered 502."),
        (Answer(404, raw=b"<html>nothing"), 5, "is not Stepwell"),
        (Answer(200, raw=b"<html>hello"), 5, "is not Stepwell"),
        (Answer(200, raw=b"[1,2]"), 5, "is not Stepwell"),
        (Answer(200, raw=b""), 5, "is not Stepwell"),
        (Answer(301, headers={"Location": "https://stepwell.example.org/api"}), 5, "Set STEPWELL_URL to https://"),
        (Answer(None), 5, "closed the connection in the middle of a request"),
    ],
)
def test_every_refusal_is_one_sentence(
    stepwell: Stepwell, server: ScriptedServer, answer: Answer, code: int, sentence: str
) -> None:
    server.on("POST /executions", answer)
    done = stepwell("run", "x")
    assert done.returncode == code
    assert sentence in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("http://127.0.0.1:1", 5, "refused the connection"),
        ("http://no-such-host.invalid", 5, "cannot be"),
        ("http://127.0.0.1:port", 5, "its port is no port"),
        ("127.0.0.1:8000", 2, "is not a web address"),
        ("ftp://127.0.0.1", 2, "is not a web address"),
    ],
)
def test_a_server_that_is_not_there(stepwell: Stepwell, url: str, code: int, sentence: str) -> None:
    done = stepwell("executions", "list", STEPWELL_URL=url)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_no_token_is_told_apart_from_a_wrong_one(server: ScriptedServer) -> None:
    server.on("GET /flows", problem(401, "Unauthorized"))
    with closing(Client(server.url, "")) as client, pytest.raises(NotSignedIn, match="STEPWELL_TOKEN is not set"):
        list(client.flows())


def test_what_speaks_no_http_is_said_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_greet, args=(listener,), daemon=True)
        thread.start()
        with pytest.raises(ConnectionLost, match="does not answer in HTTP"):
            Client(f"http://127.0.0.1:{listener.getsockname()[1]}", "t").report(1)
        thread.join()


def _greet(listener: socket.socket) -> None:
    for _ in range(2):  # a GET is asked again on a new connection
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"220 mail.example.org ESMTP\r\n")


def test_an_idle_connection_that_went_stale_is_opened_again(client: Client, server: ScriptedServer) -> None:
    server.on("POST /executions/1/cancel", Answer(json=execution(id=1), headers={"Connection": "keep-alive"}))
    client.cancel(1)
    connection = client._transport._connection
    assert connection is not None
    connection.sock.shutdown(socket.SHUT_RD)
    assert client.cancel(1)["id"] == 1


def test_errors_have_types_for_the_callers(client: Client, server: ScriptedServer) -> None:
    server.on("GET /executions/1", problem(404, "x"))
    server.on("POST /executions/1/cancel", problem(409, "x"))
    found = [{"severity": "error", "message": "Bad.", "line": 3, "column": 5, "suggestion": "assert"}]
    server.on("POST /flows", problem(422, "The flow has errors.", problems=found))
    with pytest.raises(NotThere):
        client.snapshot(1)
    with pytest.raises(NotNow):
        client.cancel(1)
    with pytest.raises(FlowRefused) as caught:
        client.save_flow(text="x", filename="a.yaml")
    assert caught.value.problems == ("a.yaml:3:5: error: Bad. Did you mean assert?",)
    assert (ServerUnreachable.exit_code, FlowRefused.exit_code) == (Exit.UNREACHABLE, Exit.WRONG_USE)


def test_numbers_keep_their_digits(client: Client, server: ScriptedServer) -> None:
    digits = "0.10000000000000000000000000001"
    server.on("GET /executions/1/report", Answer(raw=b'{"execution": {}, "n": %s}' % digits.encode()))
    assert str(client.report(1)["n"]) == digits


def test_pages_are_followed_as_far_as_asked(client: Client, server: ScriptedServer) -> None:
    pages = {"": ([9, 8], "8"), "8": ([7, 6], "6"), "6": ([5], None)}

    def page(asked: Asked) -> Answer:
        cursor = asked.path.partition("cursor=")[2]
        items, following = pages[cursor]
        return Answer(json={"items": [execution(id=number) for number in items], "next": following})

    server.on("GET /executions", page)
    assert [one["id"] for one in client.executions(None)] == [9, 8, 7, 6, 5]
    assert [one["id"] for one in client.executions(3)] == [9, 8, 7]


def test_a_prefix_in_the_address_is_kept(server: ScriptedServer) -> None:
    with closing(Client(f"{server.url}/tools", "t")) as client, pytest.raises(NotThere):
        client.snapshot(3)
    assert server.asked[0].path == "/tools/api/v1/executions/3"


def test_a_proxy_is_used_and_never_for_this_machine(stepwell: Stepwell, server: ScriptedServer) -> None:
    server.on("GET http://stepwell.invalid/api/v1/flows", Answer(json={"items": [], "next": None}))
    server.on("GET /flows", Answer(json={"items": [], "next": None}))
    far = stepwell("flows", "list", STEPWELL_URL="http://stepwell.invalid", http_proxy=server.url)
    near = stepwell("flows", "list", http_proxy="http://127.0.0.1:1")
    assert (far.returncode, near.returncode) == (0, 0)


def test_paths_and_slugs_are_quoted(client: Client, server: ScriptedServer) -> None:
    server.on("GET /executions/1/steps/steps/each%5B2%5D/a%20b", Answer(json={"path": "x"}))
    client.step(1, "steps/each[2]/a b")
    with pytest.raises(NotThere):
        client.flow("../x")
    assert server.asked[-1].path == "/flows/..%2Fx"


def test_the_page_of_an_execution_has_its_whole_address() -> None:
    client = Client("http://127.0.0.1:80/tools", "t")
    assert client.page_of({"id": 3}) == "http://127.0.0.1:80/tools/executions/3/"
    assert client.page_of({"id": 3, "url": "https://x.org/e/3"}) == "https://x.org/e/3"
