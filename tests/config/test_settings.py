"""What the settings make of the public address, in a process of their own: they are read once."""

import json
import os
import subprocess
import sys
from typing import Any


def settings_with(*names: str, **environment: str) -> dict[str, Any]:
    code = f"import json; from config import settings as s; print(json.dumps({{n: getattr(s, n) for n in {names!r}}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_public_address_over_tls_makes_cookies_secure_and_is_trusted() -> None:
    found = settings_with(
        "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_HSTS_SECONDS",
        STEPWELL_PUBLIC_URL="https://flows.example/",
    )  # fmt: skip
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert "flows.example" in found["ALLOWED_HOSTS"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://flows.example"]
    assert found["SECURE_HSTS_SECONDS"] > 0


def test_on_this_machine_nothing_asks_for_tls() -> None:
    found = settings_with("SESSION_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER", STEPWELL_PUBLIC_URL="http://127.0.0.1:1")
    assert found == {"SESSION_COOKIE_SECURE": False, "SECURE_PROXY_SSL_HEADER": None}


def test_without_a_secret_key_nothing_starts() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "STEPWELL_SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "STEPWELL_SECRET_KEY is not set" in done.stderr
