"""Which names promise a secret."""

import pytest

from executions.masking import names
from executions.masking.names import HINTS, holds_a_count, is_secret_name, mark_name


@pytest.mark.parametrize(
    "name",
    [
        *("password", "passwd", "pwd", "PGPASSWORD", "dbPassword", "db.password", "password1", "password_hash"),
        *("secret", "client_secret", "clientSecret", "secretKeyBase", "AWS_SECRET_ACCESS_KEY", "secret_id"),
        *("token", "tokens", "accessToken", "access_token", "X-Auth-Token", "x-csrf-token", "refreshtoken", "token2"),
        *("api_key", "apiKey", "APIKey", "apikey", "X-Api-Key", "private_key", "privateKeyPem", "encryption.key"),
        *("Authorization", "proxy-authorization", "Cookie", "Set-Cookie", "cookies", "credential", "credentials"),
        *("smtp_pass", "bearer", "id_token", "newPasswordConfirmation", "пароль_password"),
    ],
)
def test_a_secret_name_is_known_in_every_spelling(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("token_count", "tokens_used", "total_tokens", "maxTokens", "token_type", "tokenizer", "nextPageToken"),
        *("secretary", "secret_name", "password_changed_at", "password_policy", "passwordless", "pass", "passed"),
        *("key", "primary_key", "idempotency_key", "public_key", "monkey", "author", "authority", "WWW-Authenticate"),
        *("cookie_policy", "compass", "passport", "", "123", "-", "x" * 1_000_000),
    ],
)
def test_a_name_that_only_looks_like_one_is_left_alone(name: str) -> None:
    assert not is_secret_name(name)


def test_all_spellings_of_a_name_share_one_mark() -> None:
    assert {mark_name(name) for name in ("X-Api-Key", "x_api_key", "xApiKey", "x.api.key")} == {"x_api_key"}


def test_a_plural_of_token_holds_a_count_when_it_is_a_number() -> None:
    assert holds_a_count("tokens")
    assert not holds_a_count("token")


@pytest.mark.parametrize("joint", ["", "-", "_", "."])
def test_every_secret_name_gives_the_text_search_a_hint(joint: str) -> None:
    of_keys = [f"{owner}{joint}key" for owner in names._KEYS_OF]
    of_passes = [f"{owner}{joint}pass" for owner in names._PASS_OF]
    for name in (*names.STRONG, *names._LAST, *names._ENDINGS, *of_keys, *of_passes):
        assert any(hint in name for hint in HINTS), name
