"""From a step's config to the request that leaves: headers, body, credentials."""

import base64
from collections.abc import Mapping
from typing import Any

import requests

from flows.language import jsontext
from flows.language.actions.http_request import HttpAuth, HttpRequestConfig
from workers.errors import StepMisconfigured
from workers.protocols.http.bodies import pairs_of, text_of
from workers.protocols.tls import require_local_file

DEFAULT_HEADERS = {"User-Agent": "stepwell", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
_JSON = "application/json"


def build_request(config: HttpRequestConfig, *, local_files: bool, token: str | None) -> requests.Request:
    """The request that `config` means; `token` is the one OAuth gave. Raises StepMisconfigured."""
    headers, params, cookies = dict(config.headers), pairs_of(config.params), dict(config.cookies)
    if config.auth is not None:
        _sign(config.auth, token, headers, params, cookies)
    request = requests.Request(
        method=config.method,
        url=config.url,
        params=params,
        cookies={name: text_of(value) for name, value in cookies.items() if value is not None},
    )
    content_type = _set_body(request, config, local_files=local_files)
    request.headers = header_texts(headers)
    if content_type and not any(name.lower() == "content-type" for name in headers):
        request.headers["Content-Type"] = content_type
    return request


def header_texts(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Headers as they can be sent: a list joined, null left out, what is not Latin-1 as UTF-8."""
    texts: dict[str, Any] = {}
    for name, value in headers.items():
        if value is None:
            texts[name] = None  # tells `requests` to leave a default of its own out
            continue
        text = ", ".join(map(text_of, value)) if isinstance(value, list) else text_of(value)
        texts[name] = text if _is_latin1(text) else text.encode("utf-8")
    return texts


def basic_credentials(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def _sign(
    auth: HttpAuth, token: str | None, headers: dict[str, Any], params: list[tuple[str, str]], cookies: dict[str, Any]
) -> None:
    if auth.type == "basic":
        _set_header(headers, "Authorization", basic_credentials(auth.username or "", auth.password or ""))
    elif auth.type in ("bearer", "oauth2"):
        _set_header(headers, "Authorization", f"Bearer {token if auth.type == 'oauth2' else auth.token}")
    elif auth.location == "query":
        params.append((api_key_name(auth), auth.value or ""))
    elif auth.location == "cookie":
        cookies[api_key_name(auth)] = auth.value
    else:
        _set_header(headers, api_key_name(auth), auth.value or "")


def api_key_name(auth: HttpAuth) -> str:
    return auth.name or ("api_key" if auth.location in ("query", "cookie") else "X-API-Key")


def _set_header(headers: dict[str, Any], name: str, value: str) -> None:
    for written in [given for given in headers if given.lower() == name.lower()]:
        del headers[written]
    headers[name] = value


def _set_body(request: requests.Request, config: HttpRequestConfig, *, local_files: bool) -> str | None:
    """Give `request` its body, and say of what type it is where `requests` would not know."""
    if "json_" in config.model_fields_set:
        request.data = _json_bytes(config.json_)
        return _JSON
    if config.form is not None:
        request.data = pairs_of(config.form)
    elif config.multipart is not None:
        request.files = [part for name, value in config.multipart.items() for part in _parts(name, value, local_files)]
    elif isinstance(config.body, str):
        request.data = config.body.encode("utf-8", "surrogatepass")
    elif config.body is not None:
        request.data = _json_bytes(config.body)
        return _JSON
    return None


def _json_bytes(value: Any) -> bytes:
    try:
        return jsontext.dumps(value).encode("ascii")
    except (TypeError, ValueError) as exc:
        raise StepMisconfigured(f"The body cannot be written as JSON: {exc}", code="bad_body") from exc


def _parts(name: str, value: Any, local_files: bool) -> list[tuple[str, tuple[Any, ...]]]:
    several = value if isinstance(value, list) else [value]
    return [(name, _part(name, one, local_files)) for one in several]


def _part(name: str, value: Any, local_files: bool) -> tuple[Any, ...]:
    if not isinstance(value, dict):
        return (None, text_of(value))
    if foreign := sorted(map(str, value.keys() - {"file", "content", "filename", "content_type"})):
        raise StepMisconfigured(
            f"The part {name} has a key {foreign[0]}; it may have file or content, filename, content_type"
        )
    if ("file" in value) == ("content" in value):
        raise StepMisconfigured(f"The part {name} needs either content or file")
    if "file" in value:
        path = require_local_file(str(value["file"]), local_files=local_files)
        filename, content = value.get("filename", path.name), path.read_bytes()
    else:
        filename, content = value.get("filename"), text_of(value["content"]).encode("utf-8")
    kind = value.get("content_type")
    return (filename, content, kind) if kind else (filename, content)


def _is_latin1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
