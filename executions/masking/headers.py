"""What stands under a secret name: a credential whose scheme may be shown, cookies whose names may, or all hidden."""

import re
from typing import Final

from executions.masking.marks import is_masked, mark

# The scheme words of RFC 7235 credentials worth showing; anything else might be the secret's own first word.
_SCHEME: Final = re.compile(
    r"(basic|bearer|digest|token|apikey|api-key|negotiate|ntlm|hawk|hoba|mutual|gnap|dpop|vapid|privatetoken"
    r"|aws4-hmac-sha256|scram-sha-1|scram-sha-256|sso-key|splunk)(\s+)(?=\S)",
    re.IGNORECASE,
)
_PLAIN_ATTRIBUTE: Final = re.compile(
    r"\s*(?:httponly|secure|partitioned|path=[\w/.~-]*|domain=[\w.-]*|max-age=-?\d{1,12}|samesite=(?:lax|strict|none)"
    r"|expires=\w{3,9}, \d\d[ -]\w{3}[ -]\d{2,4} \d\d:\d\d:\d\d \w{3}|version=\d)\s*",
    re.IGNORECASE,
)
_COOKIE: Final = re.compile(r"(\s*[^=;,\s]{1,128}\s*=\s*)(.*)", re.DOTALL)
_TEMPLATE: Final = re.compile(r"\$\{[\w.\s-]*\}|\{\{[\w.\s-]*\}\}")  # not yet the secret, only its name


def mask_under(name: str, text: str, its_mark: str) -> str:
    """The text that stands under the secret name `name`, known values already replaced."""
    if not text.strip() or is_masked(text):
        return text
    if "cookie" in name.lower():
        return _mask_cookies(text, its_mark)
    if _TEMPLATE.fullmatch(text):
        return text
    if "pass" in name.lower() or "secret" in name.lower():
        return its_mark
    return mask_credentials(text, mark("authorization") if "authorization" in name.lower() else its_mark)


def mask_credentials(text: str, its_mark: str) -> str:
    """`Bearer abc` as `Bearer ‹secret:authorization›`."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        return its_mark
    rest = text[scheme.end() :]
    return scheme.group() + (rest if is_masked(rest) else its_mark)


def without_scheme(text: str) -> str:
    """`abc` of `Bearer abc`."""
    scheme = _SCHEME.match(text)
    return text[scheme.end() :] if scheme else text


def _mask_cookies(text: str, its_mark: str) -> str:
    """`sid=abc; Path=/` as `sid=‹secret:cookie›; Path=/`. What does not look like a cookie is hidden whole."""
    pieces = text.split(";")
    return ";".join(piece if _PLAIN_ATTRIBUTE.fullmatch(piece) else _mask_cookie(piece, its_mark) for piece in pieces)


def _mask_cookie(piece: str, its_mark: str) -> str:
    if not piece.strip():
        return piece
    cookie = _COOKIE.fullmatch(piece)
    if cookie is None:
        return piece if is_masked(piece.strip()) else its_mark
    return piece if not cookie[2] or is_masked(cookie[2]) else cookie[1] + its_mark
