"""Reading settings from the environment: typed, loud on nonsense. `NAME_FILE` names a file that holds the value."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class BadSetting(Exception):
    """A setting is missing or makes no sense; the message names it and says what would."""


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or of the file that `name_FILE` names."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise BadSetting(f"{name}_FILE names {path}, which cannot be read: {exc.strerror}.") from exc
    if default is None:
        raise BadSetting(f"{name} is not set. docs/settings.md says what it is for.")
    return default


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value == "":
        return default
    raise BadSetting(f"{name} is {value!r}. Use 1 or 0.")


def number(name: str, default: float, *, at_least: float = 0.0) -> float:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        found = float(value)
    except ValueError as exc:
        raise BadSetting(f"{name} is {value!r}, which is not a number.") from exc
    if not at_least <= found < float("inf"):
        raise BadSetting(f"{name} is {value}. It must be at least {at_least:g}.")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A list written with commas or spaces."""
    return os.environ.get(name, default).replace(",", " ").split()


def postgres(name: str) -> dict[str, Any]:
    """Django's parameters of `postgresql://user:password@host:port/database?host=/socket/folder`."""
    url = urlsplit(text(name))
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise BadSetting(f"{name} must look like postgresql://user:password@host:5432/database.")
    query: Mapping[str, list[str]] = parse_qs(url.query)
    options = {key: values[-1] for key, values in query.items() if key not in {"host", "port"}}
    return {
        "ENGINE": "config.postgres",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query["host"][-1] if "host" in query else (url.hostname or ""),
        "PORT": query["port"][-1] if "port" in query else str(url.port or ""),
        "OPTIONS": options,
    }
