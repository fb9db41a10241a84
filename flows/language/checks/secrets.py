"""Warns about passwords and keys that stand in the text of a flow, where everybody who may see the flow reads them."""

import re
from collections.abc import Collection

from flows.language.actions.base import has_template
from flows.language.checks.findings import Findings
from flows.language.document import ListNode, MapNode, Node, Place, Scalar

_ADVICE = "Keep it as a secret of the environment and write ${NAME} here."

_NAME = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)|pwd|secret|token|authorization|cookie|credentials?"
    r"|(?:api|private|secret|access|encryption|signing|auth)_?key)(?:_value)?$"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# No pattern may try a long stretch from each of its characters: a text has up to a million.
_PASSWORD_IN_URL = re.compile(r"://[^/\s:@?#]{0,200}:([^/\s@]{1,400})@")
_PASSWORD_IN_DSN = re.compile(r"(?:^|[\s;])password\s*=\s*('[^']+'|[^\s;']+)", re.IGNORECASE)
_KNOWN_KEYS = re.compile(
    r"\b(?:sk_live_[0-9A-Za-z]{10,}|rk_live_[0-9A-Za-z]{10,}|gh[pousr]_[0-9A-Za-z]{30,}|github_pat_[0-9A-Za-z_]{30,}"
    r"|AKIA[0-9A-Z]{16}|xox[abprs]-[0-9A-Za-z-]{10,}|sk-ant-[0-9A-Za-z_-]{20,}|AIza[0-9A-Za-z_-]{35}"
    r"|eyJ[0-9A-Za-z_-]{10,400}\.eyJ[0-9A-Za-z_-]{10,400})|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_SCHEMES_WITHOUT_SECRET = re.compile(r"(?:basic|bearer|token|digest)?\s*", re.IGNORECASE)
_CONNECTION_KEYS = frozenset({"connection", "dsn", "url"})


def warn_about_secrets(node: Node, place: Place, findings: Findings, *, but: Collection[str] = ()) -> None:
    """A warning for each literal secret in `node`, at any depth; `but` are keys that are looked at elsewhere."""
    if isinstance(node, MapNode):
        for key, (_, value) in node.entries.items():
            if key in but:
                continue
            if isinstance(value, Scalar):
                _look_at(key, value, (*place, key), findings)
            else:
                warn_about_secrets(value, (*place, key), findings)
    elif isinstance(node, ListNode):
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar):
                _look_at("", item, (*place, index), findings)
            else:
                warn_about_secrets(item, (*place, index), findings)


def _look_at(key: str, node: Scalar, place: Place, findings: Findings) -> None:
    if node.value is None or isinstance(node.value, bool):
        return
    text = node.text
    if _sounds_secret(key) and not has_template(text) and not _SCHEMES_WITHOUT_SECRET.fullmatch(text):
        findings.warning("literal_secret", f"{key} is written out in the flow. {_ADVICE}", node, place)
    elif (match := _PASSWORD_IN_URL.search(text)) and not _is_template(text, match.start(1)):
        findings.warning("literal_secret", f"The address holds a password. {_ADVICE}", node, place)
    elif key in _CONNECTION_KEYS and (match := _PASSWORD_IN_DSN.search(text)) and not has_template(match[1]):
        findings.warning("literal_secret", f"{key} holds a password. {_ADVICE}", node, place)
    elif _KNOWN_KEYS.search(text):
        findings.warning("literal_secret", f"This looks like a key or a token. {_ADVICE}", node, place)


def _sounds_secret(key: str) -> bool:
    return len(key) <= 128 and bool(_NAME.search(_CAMEL.sub("_", key).replace("-", "_").lower()))


def _is_template(text: str, at: int) -> bool:
    """Whether the password that begins at `at` is a template, or the whole lies inside one."""
    if text.startswith(("${", "{{"), at):
        return True
    return text.count("${", 0, at) > text.count("}", 0, at) or text.count("{{", 0, at) > text.count("}}", 0, at)
