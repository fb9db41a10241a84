"""redis_get, redis_set, redis_del and redis_exists against Valkey, and against peers that misbehave."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import redis
import trustme
from pydantic import ValidationError

from flows.language.actions.redis_get import RedisGetConfig
from flows.language.actions.redis_set import RedisSetConfig
from tests.workers.actions.conftest import Run
from tests.workers.actions.misbehaving import Conversation, Peer, Script, black_hole, free_port
from workers.actions import ACTIONS
from workers.errors import Aborted, StepError, TargetRefused


@pytest.fixture
def valkey(redis_url: str) -> Iterator["redis.Redis"]:
    client = redis.Redis.from_url(redis_url)
    yield client
    client.close()


def failure(name: str, *, seconds: float = 5, **config: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        Run(seconds)(name, **config)
    return caught.value


@pytest.mark.parametrize(
    ("value", "stored", "parsed"),
    [
        ("plain", b"plain", None),
        ('{"a": 1}', b'{"a": 1}', {"a": 1}),
        ({"a": [1, None]}, b'{"a":[1,null]}', {"a": [1, None]}),
        (42, b"42", 42),
        (True, b"true", True),
        (None, b"null", None),
        ("☃", "☃".encode(), None),
        ("", b"", None),
    ],
)
def test_a_value_is_written_and_read_back(
    redis_url: str, valkey: "redis.Redis", value: Any, stored: bytes, parsed: Any
) -> None:
    written = Run()("redis_set", url=redis_url, key="k", value=value)
    assert (written["ok"], written["ttl"]) == (True, None)
    assert valkey.get("k") == stored
    read = Run()("redis.get", url=redis_url, key="k")
    assert read.pop("duration_ms") > 0
    assert read == {
        "key": "k", "value": stored.decode(), "json": parsed, "exists": True, "type": "string", "ttl": None,
        "truncated": False,
    }  # fmt: skip


def test_an_absent_key_is_an_answer(redis_url: str) -> None:
    read = Run()("redis_get", url=redis_url, key="nothing")
    assert (read["value"], read["json"], read["exists"], read["type"], read["ttl"]) == (None, None, False, "none", None)


def test_every_kind_is_read_as_what_it_is(redis_url: str, valkey: "redis.Redis") -> None:
    valkey.rpush("list", "a", "b", "a")
    valkey.sadd("set", "b", "a")
    valkey.hset("hash", mapping={"name": "ann", "age": 7})
    valkey.zadd("zset", {"low": 1, "high": 2.5})
    valkey.xadd("stream", {"event": "paid"}, id="5-1")
    valkey.set("raw", b"\xff\x00")
    values = {
        name: Run()("redis_get", url=redis_url, key=name) for name in ("list", "set", "hash", "zset", "stream", "raw")
    }
    assert {name: found["value"] for name, found in values.items()} == {
        "list": ["a", "b", "a"],
        "set": ["a", "b"],
        "hash": {"name": "ann", "age": "7"},
        "zset": [{"member": "low", "score": 1}, {"member": "high", "score": 2.5}],
        "stream": [{"id": "5-1", "fields": {"event": "paid"}}],
        "raw": "/wA=",
    }
    assert {name: found["type"] for name, found in values.items() if name != "raw"} == {
        name: name for name in values if name != "raw"
    }


def test_a_time_to_live(redis_url: str, valkey: "redis.Redis") -> None:
    assert Run()("redis_set", url=redis_url, key="k", value="v", ttl="1m30s")["ttl"] == 90
    assert 89 < Run()("redis_get", url=redis_url, key="k")["ttl"] <= 90
    Run()("redis_set", url=redis_url, key="k", value="v", ttl="1500ms")
    assert 1000 < valkey.pttl("k") <= 1500


def test_nx_and_xx(redis_url: str, valkey: "redis.Redis") -> None:
    assert Run()("redis_set", url=redis_url, key="k", value="1", xx=True)["ok"] is False
    assert Run()("redis_set", url=redis_url, key="k", value="1", nx=True)["ok"] is True
    assert Run()("redis_set", url=redis_url, key="k", value="2", nx=True)["ok"] is False
    assert Run()("redis_set", url=redis_url, key="k", value="3", xx="true")["ok"] is True
    assert valkey.get("k") == b"3"


def test_deleting_and_looking(redis_url: str, valkey: "redis.Redis") -> None:
    valkey.mset({"a": 1, "b": 2})
    assert Run()("redis.exists", url=redis_url, key="a")["exists"] is True
    several = Run()("redis.exists", url=redis_url, key=["a", "b", "c"])
    assert (several["exists"], several["count"]) == (False, 2)
    assert Run()("redis.del", url=redis_url, key="a")["deleted"] == 1
    assert Run()("redis.del", url=redis_url, key=["a", "b"])["deleted"] == 1
    assert Run()("redis.exists", url=redis_url, key="b")["exists"] is False


def test_parts_say_the_same_as_a_url(redis_url: str, valkey: "redis.Redis") -> None:
    options = valkey.get_connection_kwargs()
    valkey.set("k", "here")
    config = {
        "host": options["host"],
        "port": str(options["port"]),
        "db": options["db"],
        "password": options.get("password"),
    }
    assert Run()("redis_get", key="k", **config)["value"] == "here"


def test_a_module_type_cannot_be_read(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(talk: Conversation) -> None:
        talk.sock.recv(1000)
        talk.send("+ReJSON-RL\r\n")

    with Peer(script) as peer:
        error = failure("redis_get", url=f"redis://127.0.0.1:{peer.port}", key="k")
    assert (error.kind, error.code) == ("action", "wrongtype")


def replying(*replies: str) -> Script:
    def script(talk: Conversation) -> None:
        for reply in replies:
            talk.sock.recv(10000)
            talk.send(reply)
        talk.wait()

    return script


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        ("-NOAUTH Authentication required.\r\n", "action", "noauth"),
        ("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n", "action", "wrongtype"),
        ("-NOPERM this user has no permissions\r\n", "action", "noperm"),
        ("-READONLY You can't write against a read only replica.\r\n", "action", "readonly"),
        ("-LOADING Redis is loading the dataset in memory\r\n", "unreachable", "loading"),
        ("-MOVED 3999 127.0.0.1:6381\r\n", "action", "moved"),
        ("-ERR something else\r\n", "action", "redis_error"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "unreachable", "bad_response"),
    ],
)
def test_refusals(reply: str, kind: str, code: str) -> None:
    with Peer(replying(reply)) as peer:
        error = failure("redis_del", url=f"redis://127.0.0.1:{peer.port}", key="k")
    assert (error.kind, error.code) == (kind, code)


def test_a_wrong_password_is_told_without_showing_it(redis_url: str, embedded: Any) -> None:
    host = redis_url.removeprefix("redis://")
    error = failure("redis_get", url=f"redis://someone:hush-hush@{host}", key="k")
    assert (error.kind, error.code) == ("action", "wrongpass")
    assert "hush" not in error.message


def test_nobody_there() -> None:
    error = failure("redis_get", url=f"redis://:hush-hush@127.0.0.1:{free_port()}/3", key="k")
    assert (error.kind, error.code) == ("unreachable", "refused")
    assert "hush" not in error.message
    assert failure("redis_get", host="no-such-host.invalid", key="k").code == "dns"


def test_a_server_that_breaks_off() -> None:
    scripts: list[Script] = [lambda talk: talk.reset(), replying("$100\r\nhalf")]
    for script in scripts:
        with Peer(script) as peer:
            error = failure("redis_del", url=f"redis://127.0.0.1:{peer.port}", key="k", seconds=0.5)
        assert error.kind in ("unreachable", "timeout")


def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Peer(replying(":1\r\n"), tls=context) as peer:
        url = f"rediss://127.0.0.1:{peer.port}"
        assert Run()("redis_del", url=url, key="k", tls={"ca": str(tmp_path / "ca.pem")})["deleted"] == 1
        assert Run()("redis_del", host="127.0.0.1", port=peer.port, key="k", tls={"verify": False})["deleted"] == 1
        assert failure("redis_del", url=url, key="k").code == "tls_untrusted"


# --- time and abort ---


def dripping(talk: Conversation) -> None:
    talk.sock.recv(1000)
    talk.send("$100000\r\n")
    talk.drip()


def silent(talk: Conversation) -> None:
    talk.wait()


@pytest.mark.usefixtures("leaves_nothing")
@pytest.mark.parametrize("script", [silent, dripping])
@pytest.mark.parametrize(
    ("name", "config"), [("redis_get", {}), ("redis_set", {"value": "v"}), ("redis_del", {}), ("redis_exists", {})]
)
def test_a_deadline_and_an_abort_end_it(script: Script, name: str, config: dict[str, Any]) -> None:
    with Peer(script) as peer:
        url = f"redis://127.0.0.1:{peer.port}"
        started = monotonic()
        error = failure(name, seconds=0.3, url=url, key="k", **config)
        assert (error.kind, error.code) == ("timeout", "read_timeout")
        assert monotonic() - started < 10
        run = Run(30)
        aborter = run.abort_when(peer.connected)
        with pytest.raises(Aborted):
            run(name, url=url, key="k", **config)
        assert run.abort.at is not None
        assert monotonic() - run.abort.at < 10
        aborter.join()


@pytest.mark.usefixtures("leaves_nothing")
def test_a_deadline_and_an_abort_end_a_connect() -> None:
    with black_hole() as port:
        assert failure("redis_get", seconds=0.3, url=f"redis://127.0.0.1:{port}", key="k").code == "connect_timeout"
        run = Run(30)
        aborter = run.abort_when(lambda: True)
        with pytest.raises(Aborted):
            run("redis_get", url=f"redis://127.0.0.1:{port}", key="k")
        aborter.join()


# --- configs ---


def test_reading_may_be_repeated_and_writing_may_not() -> None:
    harmless = {
        name: ACTIONS[name].is_repeatable(ACTIONS[name].spec.Config.model_validate({"key": "k", **more}))
        for name, more in {"redis_get": {}, "redis_exists": {}, "redis_set": {"value": 1}, "redis_del": {}}.items()
    }
    assert harmless == {"redis_get": True, "redis_exists": True, "redis_set": False, "redis_del": False}


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"key": "k", "url": "http://h"}, "not http://"),
        ({"key": "k", "url": "h:6379"}, "must begin with redis://"),
        ({"key": "k", "url": "redis://h", "host": "h"}, "say once"),
        ({"key": "k", "port": 70000}, "less than or equal to 65535"),
        ({"key": "k", "tls": {"verfy": True}}, "Extra inputs"),
        ({}, "Field required"),
    ],
)
def test_wrong_configs_are_refused(config: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        RedisGetConfig.model_validate(config)


def test_wrong_settings_of_a_write_are_refused() -> None:
    for config, says in (
        ({"nx": True, "xx": True}, "exclude"),
        ({"ttl": 0}, "at least 1ms"),
        ({"ttl": "-1s"}, "negative"),
    ):
        with pytest.raises(ValidationError, match=says):
            RedisSetConfig.model_validate({"key": "k", "value": "v", **config})


def test_a_key_may_be_given_as_a_number(redis_url: str) -> None:
    Run()("redis_set", url=redis_url, key=42, value="v")
    assert Run()("redis_get", url=redis_url, key="42")["value"] == "v"


def test_what_it_touches() -> None:
    config = RedisGetConfig(url="redis://:p@cache:6380/1", key="user:7")
    endpoint = ACTIONS["redis_get"].endpoint(config, {"key": "user:${id}"})
    assert endpoint is not None
    assert (endpoint.protocol, endpoint.service, endpoint.operation, endpoint.route) == (
        "redis",
        "cache:6380",
        "GET",
        "user:{}",
    )


def test_the_record_shows_the_connection_without_its_password(redis_url: str) -> None:
    run = Run()
    with pytest.raises(TargetRefused):
        run("redis_set", url=redis_url.replace("redis://", "redis://u:hush-hush@"), key="k", value="v", ttl=5)
    assert "hush" not in str(run.context.request)
    assert run.context.request["ttl"] == 5
