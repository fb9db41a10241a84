"""What the environment says: which server, whose token, where the embedded stack keeps its data."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.errors import WrongUse


@dataclass(frozen=True, kw_only=True)
class Settings:
    url: str  # empty: no server is configured, the embedded stack is meant
    token: str
    home: Path


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises WrongUse for an address that cannot be one."""
    return Settings(
        url=_checked_url(environ.get("STEPWELL_URL", "").strip()),
        token=environ.get("STEPWELL_TOKEN", "").strip(),
        home=Path(environ.get("STEPWELL_HOME") or "~/.local/share/stepwell").expanduser(),
    )


def _checked_url(url: str) -> str:
    if not url:
        return ""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https") or not rest.strip("/") or " " in url:
        raise WrongUse(
            f"STEPWELL_URL is {url!r}, which is not a web address.",
            "Write it like http://127.0.0.1:8000 or https://stepwell.example.org.",
        )
    return url.rstrip("/")
