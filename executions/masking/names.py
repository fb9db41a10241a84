"""Which names promise a secret: `password`, `X-Api-Key`, `accessToken`, but neither `token_count` nor `secretary`."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

MAX_NAME: Final = 200  # characters; a longer key is data


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")

# Secret wherever they stand, unless the last word says that the name is about the secret: `password_changed_at`.
STRONG: Final = frozenset({"password", "passwd", "pwd", "passphrase", "passcode"})
# Secret when they come last: `auth_token`, but not `token_count`.
_LAST: Final = _set(
    "secret secrets token authorization cookie cookies credential credentials bearer jwt otp totp apikey pgpass"
    " phpsessid jsessionid requirepass"
)
# One word or the end of one: `pgpassword`, `xauthtoken`.
_ENDINGS: Final = (
    *("password", "passwd", "passphrase", "apikey", "authtoken", "accesstoken", "refreshtoken", "sessiontoken"),
    *("idtoken", "csrftoken", "secretkey", "privatekey", "accesskey", "clientsecret"),
)
_KEYS_OF: Final = _set(
    "api private secret access encryption signing auth master account shared subscription service functions"
    " ssh deploy hmac aes rsa decryption storage client"
)
_PASS_OF: Final = _set("db database user smtp ftp imap mysql pg postgres redis mongo proxy root admin basic")
# Words after the secret word that leave it a secret: `token_value`, `password_confirmation`, `secret_live`.
_STILL_SECRET: Final = _set(
    "value header string text raw plain plaintext clear hash hashed digest confirm confirmation repeat again old new"
    " current previous next base b64 encoded encrypted hex binary bytes live test prod production staging dev"
    " data pem"
)
_ABOUT_IT: Final = _set(
    "at url uri endpoint count id ids name names type length size min max expires expiry expired expiration in ttl age"
    " policy hint field fields required enabled disabled changed updated created reset strength rule rules valid"
    " version format label file path host domain status error errors used limit usage"
)
# `prompt_tokens`, `tokens_left` are numbers of words, not secrets.
_COUNTED: Final = _set(
    "max min total prompt completion input output num number n used remaining cached cache reasoning context creation"
    " read audio text count left of per"
)
_NOT_TOKENS: Final = _set("page continuation next sync")  # they page through a list


def words(name: str) -> tuple[str, ...]:
    """The words of a name in camelCase, kebab-case, snake_case or dotted, in lower case."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=8192)
def is_secret_name(name: str) -> bool:
    """Whether what goes by this name is to be kept out of the record."""
    if len(name) > MAX_NAME:
        return False
    parts = [word for word in words(name) if not word.isdigit()]
    if not parts:
        return False
    if parts[-1] not in _ABOUT_IT and any(word in STRONG or word.endswith(_ENDINGS) for word in parts):
        return True
    while len(parts) > 1 and parts[-1] in _STILL_SECRET:
        parts.pop()
    last, before = parts[-1], parts[-2] if len(parts) > 1 else ""
    if last == "tokens":
        return not _COUNTED.intersection(parts)
    if last in ("token", "cursor"):
        return last == "token" and before not in _NOT_TOKENS
    return (
        last in _LAST
        or last in STRONG
        or last.endswith(_ENDINGS)
        or (last in ("key", "keys") and before in _KEYS_OF)
        or (last == "pass" and before in _PASS_OF)
        or parts[-2:] == ["secret", "id"]  # the half of an AppRole login that is the password
        or parts[-2:] == ["authorization", "code"]
    )


@lru_cache(maxsize=8192)
def holds_a_count(name: str) -> bool:
    """Whether a number under this name counts tokens and hides nothing: `{"tokens": 12}`."""
    return words(name)[-1:] == ("tokens",)


@lru_cache(maxsize=8192)
def mark_name(name: str) -> str:
    """The name inside the mark: one for all spellings of a key."""
    return "_".join(words(name)) or "value"


def _hints() -> Iterator[str]:
    """Pieces of lower-case text, one of which is in every secret name."""
    yield from ("passw", "pwd", "passphrase", "passcode", "secret", "token", "authorization", "cookie", "credential")
    yield from ("bearer", "jwt", "otp", "sessid", "jsession", "requirepass")
    for joint in ("", "-", "_", "."):
        yield from (f"{owner}{joint}key" for owner in sorted(_KEYS_OF))
        yield from (f"{owner}{joint}pass" for owner in sorted(_PASS_OF))


HINTS: Final = tuple(_hints())
