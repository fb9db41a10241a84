"""An error text with what varies from run to run taken out, so that the same failure reads the same.

One pass over the text: at each place the first pattern that fits decides, and what it finds becomes a mark such as
`<uuid>`. What tells failures apart (`HTTP 503`, `SQLSTATE 23505`) is a pattern too, one that keeps what it finds.
"""

import re
from typing import Final

LONGEST_READ: Final = 2_000  # characters, of the first three lines that say something
LONGEST: Final = 512
LINES: Final = 3
PASSES: Final = 6  # a mark may make a list with its neighbour; it ends when nothing changes any more

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PATTERNS: Final = (
    # What stays as it is: marks of ours and of the masker, and codes that name a failure.
    ("keep", r"<[a-z]{1,10}>|‹[^›\n]{1,200}›"),
    ("keep", r"\b(?:http|sqlstate|status(?: code)?|errno|error code|code|grpc|exit code)[ :=]{1,2}[a-z0-9]{1,8}\b"),
    ("keep", r"\b(?:ora|err|e)-?\d{3,6}\b"),
    ("jwt", r"\beyj[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"),
    ("email", r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b"),
    ("time", r"\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?)?(?![\w-])"),
    ("time", r"(?<![\w:.])\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?![\w:])"),
    ("uuid", rf"\b{_UUID}\b"),
    ("id", r"\b[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}\b"),
    ("url", r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>)\]]{1,1900}"),
    ("ip", r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])"),
    ("ip", r"\[[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\](?::\d{1,5})?"),
    ("host", r"\b(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z][a-z-]{0,62}:\d{1,5}\b|\blocalhost:\d{1,5}\b"),
    ("id", r"\b(?:0x[0-9a-f]{4,}|(?=[a-f]{0,64}\d)[0-9a-f]{8,})\b"),
    ("time", r"(?<![\w.])\d+(?:[.,]\d+)? ?(?:ns|µs|us|ms|s|sec|secs|seconds?|minutes?|min|h|hours?|m)\b"),
    ("size", r"(?<![\w.])\d+(?:[.,]\d+)? ?(?:b|bytes?|kb|kib|mb|mib|gb|gib)\b"),
    ("id", r"\b[a-z]{2,12}[_-](?=[a-z]*\d[a-z]*\d)[a-z0-9]{4,}\b"),
    ("id", r"\b(?=[a-z]*\d[a-z]*\d[a-z]*\d)[a-z0-9]{12,}\b"),
    ("n", r"(?<![\w.])[-+]?\d+(?:[.,]\d+)*(?![\w])"),
    ("quoted", r"(?<!\w)(?:\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”|`[^`\n]*`)"),
)
_ALL: Final = re.compile("|".join(f"(?P<{kind}_{at}>{pattern})" for at, (kind, pattern) in enumerate(_PATTERNS)))
_SHORT_NAME: Final = re.compile(r"[a-z_][a-z_.]{0,39}")
_LIST: Final = re.compile(r"(<[a-z]+>)(?:, ?(?:…|\1))+")
_SPACES: Final = re.compile(r"\s+")


def normal(message: str) -> str:
    """The message as every run of the same failure has it: lower-case, at most 512 characters."""
    text = _beginning(message).casefold()
    for _ in range(PASSES):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def _beginning(message: str) -> str:
    """The first three lines that say something; a long text is not read to its end."""
    head = message[: LONGEST_READ * 4]
    lines = [line.strip() for line in head.splitlines() if line.strip()]
    return "\n".join(lines[:LINES])[:LONGEST_READ]


def _once(text: str) -> str:
    text = _SPACES.sub(" ", _ALL.sub(_mark, text)).strip()
    text = _LIST.sub(r"\1, …", text)
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]


def _mark(found: re.Match[str]) -> str:
    kind = (found.lastgroup or "").rpartition("_")[0]
    if kind == "keep":
        return found.group()
    if kind == "quoted":
        return found.group() if _SHORT_NAME.fullmatch(found.group()[1:-1]) else "<str>"
    return f"<{kind}>"
