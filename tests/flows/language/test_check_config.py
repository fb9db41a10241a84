"""What pydantic finds in a config, in our words and at its place."""

import pytest

from flows.language.check import check
from tests.flows.language.flow_texts import flow_with, found, marked, only_problem


def http(config: str) -> str:
    return flow_with(f"- action: http_request\n  config: {{url: 'http://x', {config}}}")


@pytest.mark.parametrize(
    ("config", "code", "words", "suggestion"),
    [
        ("»methd: GET", "unknown_key", "http_request has no key methd", "method"),
        ("follow_redirects: »perhaps", "wrong_type", "follow_redirects must be true or false, and is text", None),
        ("max_redirects: »many", "wrong_type", "max_redirects must be a whole number, and is text", None),
        ("max_redirects: »-1", "bad_value", "max_redirects must be greater than or equal to 0", None),
        ("headers: »[a]", "wrong_type", "headers must be an object with keys, and is a list", None),
        ("timeout: »5x", "bad_duration", 'timeout: "5x" is not a duration', None),
        ("auth: {type: basic, »usernme: a}", "unknown_key", "auth has no key usernme", "username"),
        ("auth: {basic: {»usernme: a}}", "unknown_key", "basic has no key usernme", "username"),
        ("auth: {type: »bsic}", "bad_value", "type must be basic, bearer", "basic"),
    ],
)
def test_a_problem_in_a_config(config: str, code: str, words: str, suggestion: str | None) -> None:
    text, place = marked(http(config))
    problem = check(text).problems[0]
    assert problem.code == code
    assert words in problem.message
    assert ((problem.line, problem.column), problem.suggestion) == (place, suggestion)


def test_what_is_missing_is_named() -> None:
    problem = only_problem(flow_with("- action: http_request"))
    assert (problem.code, problem.message, problem.line) == ("missing_key", "http_request needs url.", 4)


def test_a_value_that_may_be_several_things_is_one_problem() -> None:
    problem = only_problem(flow_with("- {action: redis_get, config: {host: h, key: k, tls: [1]}}"))
    assert problem.message == "tls must be true or false or an object with keys, and is a list."
    inside = only_problem(flow_with("- {action: redis_get, config: {host: h, key: k, tls: {verfy: true}}}"))
    assert (inside.code, inside.suggestion) == ("unknown_key", "verify")


@pytest.mark.parametrize(
    "step",
    [
        "{action: http_request, config: {url: 'shop.test/a'}}",
        "{action: http_request, config: {url: 'ftp://shop.test/a'}}",
        "{action: redis_get, config: {url: 'http://h', key: k}}",
        "{action: database_query, config: {connection: 'nonsense', query: SELECT 1}}",
    ],
)
def test_a_wrong_address_is_found_where_it_can_be_seen(step: str) -> None:
    problem = only_problem(flow_with(f"- {step}"))
    assert problem.severity == "error"
    assert problem.message.endswith(".")


@pytest.mark.parametrize(
    "config",
    [
        "max_redirects: '${N:3}'",
        "max_redirects: '7'",
        "follow_redirects: '{{ YES:true }}'",
        "timeout: '${T:5s}'",
        "timeout: '5'",
        "headers: '${HEADERS:x}'",
        "auth: {type: '${KIND:basic}'}",
    ],
)
def test_templates_and_numbers_in_text_wait_for_their_turn(config: str) -> None:
    assert check(http(config)).errors == ()


def test_text_of_secrets_stays_out_of_messages() -> None:
    text = flow_with("- {action: redis_get, config: {host: h, key: k, password: [hunter2], db: hunter2}}")
    assert check(text).errors
    assert not any("hunter2" in problem.message for problem in check(text).problems)


@pytest.mark.parametrize(
    "config",
    [
        "headers: {Authorization: Bearer abcdef123}",
        "headers: {X-Api-Key: abcdef123}",
        "body: {user: {password: hunter2}}",
        "body: {accessToken: abc123}",
        "auth: {basic: {username: a, password: b}}",
        "proxy: 'http://me:hunter2@proxy'",
        "body: 'key AKIAABCDEFGHIJKLMNOP'",
    ],
)
def test_a_literal_secret_draws_a_warning(config: str) -> None:
    text = http(config)
    assert found(text) == [("warning", "literal_secret")]
    assert "${NAME}" in check(text).problems[0].message


@pytest.mark.parametrize(
    "config",
    [
        "headers: {Authorization: 'Bearer ${random.uuid}'}",
        "body: {password: '${UUID}', token: null, secret: true, token_count: 5, secretary: Bob}",
        "proxy: 'http://me:${UUID}@proxy'",
        "params: {page: 1, tokens: 5}",
    ],
)
def test_what_only_looks_like_a_secret_draws_none(config: str) -> None:
    assert found(http(config)) == []


def test_a_password_in_env_draws_a_warning() -> None:
    log = "- {action: log, config: {message: x}}"
    assert found(flow_with(log, top="env: {DB: 'postgres://root:admin@h/x'}")) == [("warning", "literal_secret")]
    assert found(flow_with(log, top="env: {DB_PASSWORD: admin}")) == [("warning", "literal_secret")]
    assert found(flow_with(log, top="env: {DB: 'postgres://root@h/x'}")) == []
