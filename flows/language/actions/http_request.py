"""http_request: one HTTP request, and redirects if they are followed."""

import re
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from flows.language.actions.base import ActionConfig, ActionSpec, has_template
from flows.language.durations import Duration

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")

_AUTH_KEYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {  # type -> (required, allowed besides)
    "basic": (frozenset({"username"}), frozenset({"password"})),
    "bearer": (frozenset({"token"}), frozenset()),
    "api_key": (frozenset({"value"}), frozenset({"name", "location"})),
    "oauth2": (
        frozenset({"token_url", "client_id", "client_secret"}),
        frozenset({"scope", "audience", "client_auth"}),
    ),
}


class HttpAuth(ActionConfig):
    """`{type: basic, username, password}`, or the short forms `{basic: {username, password}}` and `{bearer: TOKEN}`."""

    type: Literal["basic", "bearer", "api_key", "oauth2"] = Field(description="basic, bearer, api_key or oauth2")
    username: str | None = None
    password: str | None = None
    token: str | None = Field(None, description="bearer: the token")
    name: str | None = Field(None, description="api_key: the header or parameter (X-API-Key)")
    value: str | None = Field(None, description="api_key: the key")
    location: Literal["header", "query", "cookie"] | None = Field(
        None, alias="in", description="api_key: where it goes"
    )
    token_url: str | None = Field(None, description="oauth2: where the token is asked for (client credentials)")
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | list[str] | None = None
    audience: str | None = None
    client_auth: Literal["basic", "body"] | None = Field(None, description="oauth2: how the client identifies itself")

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "type" in value or len(value) != 1:
            return value
        ((kind, inner),) = value.items()
        if kind == "bearer" and isinstance(inner, str):
            return {"type": "bearer", "token": inner}
        return {"type": kind, **inner} if isinstance(inner, dict) and kind in _AUTH_KEYS else value

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Self:
        if self.type not in _AUTH_KEYS:  # a template
            return self
        required, optional = _AUTH_KEYS[self.type]
        given = {name for name in type(self).model_fields if name != "type" and getattr(self, name) is not None}
        if missing := sorted(required - given):
            raise ValueError(f"auth of type {self.type} needs {', '.join(missing)}")
        if foreign := sorted(given - required - optional):
            names = ", ".join("in" if name == "location" else name for name in foreign)
            raise ValueError(f"auth of type {self.type} does not take {names}")
        return self


class HttpRequestConfig(ActionConfig):
    """What is sent, and how."""

    method: str = Field("GET", description="GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS or any other")
    url: str = Field(description="http:// or https:// address")
    headers: dict[str, Any] = Field(
        default_factory=dict, description="name → value; a list is joined, null leaves it out"
    )
    params: dict[str, Any] = Field(default_factory=dict, description="query parameters; a list sends several")
    body: Any = Field(None, description="an object or list is sent as JSON, text as it is")
    json_: Any = Field(None, alias="json", description="sent as JSON, whatever it is")
    form: dict[str, Any] | None = Field(None, description="sent as application/x-www-form-urlencoded")
    multipart: dict[str, Any] | None = Field(
        None, description="name → text, or {content, filename, content_type}, or {file: path on the worker}"
    )
    cookies: dict[str, Any] = Field(default_factory=dict)
    auth: HttpAuth | None = None
    timeout: Duration | None = Field(None, description="of the whole request, redirects included")
    follow_redirects: bool = True
    max_redirects: int = Field(10, ge=0, le=50)
    verify_ssl: bool = True
    ca: str | None = Field(None, description="file of trusted certificates, on the worker")
    client_cert: str | list[str] | None = Field(
        None, description="file with certificate and key, or [certificate, key]"
    )
    proxy: str | None = Field(None, description="http://[user:password@]host:port")

    @field_validator("method")
    @classmethod
    def _is_a_method(cls, value: str) -> str:
        if has_template(value):
            return value
        if not _TOKEN.fullmatch(value):
            raise ValueError(f"{value!r} is not an HTTP method")
        return value.upper()

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return value if _opens_with_template(value) else _checked_address(value.strip(), ("http", "https"), "url")

    @field_validator("proxy")
    @classmethod
    def _is_a_proxy(cls, value: str | None) -> str | None:
        if value is None or _opens_with_template(value):
            return value
        return _checked_address(value.strip(), ("http",), "proxy")

    @field_validator("client_cert")
    @classmethod
    def _is_one_or_two_files(cls, value: str | list[str] | None) -> str | list[str] | None:
        if isinstance(value, list) and len(value) != 2:
            raise ValueError("client_cert is one file, or a list of two: certificate and key")
        return value

    @model_validator(mode="after")
    def _has_one_body(self) -> Self:
        given = [name for name in ("body", "json_", "form", "multipart") if name in self.model_fields_set]
        if len(given) > 1:
            names = " and ".join(name.rstrip("_") for name in given)
            raise ValueError(f"{names} are given; a request has one body")
        return self


def _opens_with_template(value: str) -> bool:
    return value.lstrip().startswith(("${", "{{"))


def _checked_address(value: str, schemes: tuple[str, ...], key: str) -> str:
    scheme, separator, rest = value.partition("://")
    wanted = " or ".join(f"{name}://" for name in schemes)
    if not separator:
        raise ValueError(f"{key} must begin with {wanted}")
    if scheme.lower() not in schemes and not has_template(scheme):
        raise ValueError(f"{key} must begin with {wanted}, not {scheme}://")
    if not rest or rest[0] in "/?#":
        raise ValueError(f"{key} names no host")
    return value


SPEC = ActionSpec(
    name="http_request",
    Config=HttpRequestConfig,
    result_keys=frozenset(
        {
            "status",
            "headers",
            "headers_all",
            "cookies",
            "body",
            "content_type",
            "size",
            "duration_ms",
            "timing",
            "url",
            "redirects",
            "response",
        }
    ),
    summary="Sends an HTTP request and gives the response.",
)
