"""Secrets nobody told us of, in the places of free text where secrets stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executions.masking import Masker
from tests.growth import assert_grows_like_its_input

P, T = "‹secret:password›", "‹secret:token›"

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"

HIDDEN = {
    "postgresql://shop:p%40w@db:5432/orders?sslmode=require": f"postgresql://shop:{P}@db:5432/orders?sslmode=require",
    "redis://:pw@127.0.0.1:6379/0": f"redis://:{P}@127.0.0.1:6379/0",
    "amqp://u:p@ss@h//": f"amqp://u:{P}@h//",
    "mysql+pymysql://u:a/b#c@h/d": f"mysql+pymysql://u:{P}@h/d",
    "https://bob:pw@example.com/x and http://eve:pw@h": f"https://bob:{P}@example.com/x and http://eve:{P}@h",
    "https://h/p?password=hun'ter&x=1#f": f"https://h/p?password={P}&x=1#f",
    "/callback#access_token=abc&state=1": "/callback#access_token=‹secret:access_token›&state=1",
    "?next=%2Fcb%3Ftoken%3Dabc%26x%3D1": f"?next=%2Fcb%3Ftoken%3D{T}%26x%3D1",
    "user=al&password=a%26b&c=d": f"user=al&password={P}&c=d",
    "user[password]=x&user%5Btoken%5D=y": f"user[password]={P}&user%5Btoken%5D={T}",
    "host=h password=hunter2& dbname=x": f"host=h password={P} dbname=x",
    r"password='it\'s' host=h": f"password='{P}' host=h",
    "Server=h;Password=abc;Database=d": f"Server=h;Password={P};Database=d",
    '{"password": "hun\\"ter", "n": 1}': f'{{"password": "{P}", "n": 1}}',
    '{"token": 55, "ok": true}': f'{{"token": "{T}", "ok": true}}',
    '{"secret": {"a": ["b", 1, null]}, "z": "k"}': (
        '{"secret": {"a": ["‹secret:secret›", "‹secret:secret›", null]}, "z": "k"}'
    ),
    r'{"body": "{\"password\": \"hun\\\"ter\", \"x\": 1}"}': f'{{"body": "{{\\"password\\": \\"{P}\\", \\"x\\": 1}}"}}',
    '{"password": "cut o': f'{{"password": "{P}',
    "data=%7B%22password%22%3A%22hunter2%22%7D": f"data=%7B%22password%22%3A%22{P}%22%7D",
    "&quot;password&quot;:&quot;x&quot;": f"&quot;password&quot;:&quot;{P}&quot;",
    "{'password': 'hunter2', 'n': b'x'}": f"{{'password': '{P}', 'n': b'x'}}",
    "Authorization: Bearer abc": "Authorization: Bearer ‹secret:authorization›",
    "GET / HTTP/1.1\r\nCookie: a=b; c=d\r\nHost: h": (
        "GET / HTTP/1.1\r\nCookie: a=‹secret:cookie›; c=‹secret:cookie›\r\nHost: h"
    ),
    'curl -H "Authorization: Basic abc=" http://x': 'curl -H "Authorization: Basic ‹secret:authorization›" http://x',
    "X-Auth-Token: a b c": "X-Auth-Token: ‹secret:x_auth_token›",
    "password: hunter2\ntoken: abc": f"password: {P}\ntoken: {T}",
    r"a\npassword: hunter2\ntoken: abc": rf"a\npassword: {P}\ntoken: {T}",
    "DETAIL:  Key (token)=(abc) already exists.": f"DETAIL:  Key (token)=({T}) already exists.",
    "ALTER USER x PASSWORD 'abc'": f"ALTER USER x PASSWORD '{P}'",
    "SET password = $1, token = 'a''b' WHERE id = 1": f"SET password = $1, token = '{T}' WHERE id = 1",
    '<wsse:Password Type="x">pw</wsse:Password><token>abc</token>': (
        f'<wsse:Password Type="x">{P}</wsse:Password><token>{T}</token>'
    ),
    'password == "hunter2"': f'password == "{P}"',
    "using api_key=abc, retry=4 (password=abc)": f"using api_key=‹secret:api_key›, retry=4 (password={P})",
    'got "Bearer abc123456"': 'got "Bearer ‹secret:bearer›"',
    f"x {JWT} y": "x ‹secret:jwt› y",
    "a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb": "a\n‹secret:private_key›\nb",
    r"-----BEGIN PRIVATE KEY-----\nMII": "‹secret:private_key›",
}

KEPT = [
    "http://host:8080/x?email=a@b.c",
    "http://user@host/x",
    "postgresql://host:5432/db?application_name=a@b",
    "SyntaxError: Unexpected token: } in JSON",
    "Unexpected token < in JSON at position 0",
    "the token count is 12; token_count=12, max_tokens: 5",
    "password = $1 AND token = ? AND secret = %s AND token IS NOT NULL",
    "password: ${DB_PASSWORD}, token={{ TOKEN }}",
    "body.token == other && body.token != null",
    '{"password": null, "token": true, "secret": "", "credentials": {}, "cookies": []}',
    "-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----",
    "The secretary kept the secret. Token? No cookie.",
    "secret",
    "password=",
    "token:",
    "Bearer authentication failed",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_secret_is_hidden_where_its_place_gives_it_away(text: str) -> None:
    masker = Masker({})
    assert masker.text(text) == HIDDEN[text]
    assert masker.text(HIDDEN[text]) == HIDDEN[text]


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_a_place_is_left_alone(text: str) -> None:
    assert Masker({}).text(text) is text


def test_all_of_these_are_found_in_one_text_too() -> None:
    text = "\n\n".join(key for key in HIDDEN if "cut o" not in key and key[-3:] != "MII")
    wanted = "\n\n".join(value for key, value in HIDDEN.items() if "cut o" not in key and key[-3:] != "MII")
    assert Masker({}).text(text) == wanted


def test_a_known_secret_in_a_place_keeps_its_own_name() -> None:
    masker = Masker({"DB": "hunter-two"})
    assert masker.text("postgresql://shop:hunter-two@h/d") == "postgresql://shop:‹secret:DB›@h/d"
    assert masker.text("Authorization: Bearer hunter-two") == "Authorization: Bearer ‹secret:DB›"
    assert masker.text("token=hunter-two&x=1") == "token=‹secret:DB›&x=1"


PIECES = [
    *("password", "token", "Cookie", "Authorization", "secret", "apiKey", "://", "eyJ", "-----BEGIN PRIVATE KEY-----"),
    *(
        "=",
        ":",
        ": ",
        '"',
        "'",
        "\\",
        '\\"',
        "&",
        ";",
        ",",
        " ",
        "\n",
        "@",
        "/",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
    ),
    *(
        "%3D",
        "%22",
        "&quot;",
        "Bearer ",
        "Basic ",
        "host=",
        "user=",
        "‹secret:",
        "›",
        "‹secret:x›",
        "abc",
        "1",
        "$1",
        "?",
    ),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_masking_any_mixture_twice_is_masking_it_once(text: str) -> None:
    masker = Masker({"PW": "abc1abc", "X": "abcabc"})
    once = masker.text(text)
    assert masker.text(once) == once


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    [
        *('password="', "password='", '"token":', '"secret":[', "://a:", "a:", "eyJ", "eyJaaaaaaaaaaaa.", "pwd", "\\"),
        *("Cookie: a=b;", "password=a ", "token: x ", "<password ", "(token)=(", "-----BEGIN PRIVATE KEY-----"),
        *('\\"password\\":', "‹secret:", "bearer ", "token==", "user[token]="),
    ],
)
def test_no_text_takes_more_than_its_length(piece: str) -> None:
    """A megabyte of the same piece takes a second or two at worst; were it quadratic, hours."""
    masker = Masker({"PW": "hunter-two"})
    assert_grows_like_its_input(lambda size: masker.text(piece * (size // len(piece))))
