"""The file a flow names as `env_file`: lines of NAME=VALUE, as the usual `.env` tools write them.

Values are taken as they stand: nothing in them is expanded. In double quotes `\\n`, `\\t`, `\\"` and `\\\\` mean what
they mean elsewhere, and quotes may span lines.
"""

import re
from pathlib import Path

from cli.errors import WrongUse

_LINE = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SINGLE = re.compile(r"'([^']*)'")
_BARE = re.compile(r"[^\n]*")
_ESCAPE = re.compile(r'\\([nrt"\\$])')
_MEANING = {"n": "\n", "r": "\r", "t": "\t"}
MAX_BYTES = 1_000_000


def read_env_file(path: Path, *, named_in: str) -> dict[str, str]:
    """Raises WrongUse when the file cannot be read, or with the line that cannot be meant (never with its value)."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise WrongUse(f"{named_in} names the env_file {path}, which cannot be read: {reason}.") from exc
    except UnicodeDecodeError as exc:
        raise WrongUse(f"The env_file {path} is not UTF-8 text.") from exc
    if len(raw) > MAX_BYTES:
        raise WrongUse(f"The env_file {path} is larger than 1 MB.")
    return _parse(text.replace("\r\n", "\n"), path)


def _parse(text: str, path: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    at = 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end()
            continue
        line = text.count("\n", 0, at) + 1
        start = _LINE.match(text, at)
        if start is None:
            raise WrongUse(f"{path}:{line}: this line is not NAME=VALUE.")
        value, at = _value(text, start.end(), f"{path}:{line}")
        values[start["name"]] = value
    return values


def _value(text: str, at: int, place: str) -> tuple[str, int]:
    """The value that begins at `at`, and where the next line begins."""
    quote = text[at : at + 1]
    if quote not in ('"', "'"):
        bare = _BARE.match(text, at)
        assert bare is not None  # it matches the empty text
        return re.split(r"(?:^|\s)#", bare[0], maxsplit=1)[0].strip(), bare.end() + 1
    quoted = (_DOUBLE if quote == '"' else _SINGLE).match(text, at)
    if quoted is None:
        raise WrongUse(f"{place}: the quote that begins here is never closed.")
    rest = _BLANK.match(text, quoted.end())
    if rest is None:
        raise WrongUse(f"{place}: there is text after the closing quote.")
    value = quoted[1]
    if quote == '"':
        value = _ESCAPE.sub(lambda match: _MEANING.get(match[1], match[1]), value)
    return value, rest.end()
