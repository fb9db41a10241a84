"""wait_for: ask an HTTP address or a TCP port again and again until it answers."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from flows.language.actions.base import ActionConfig, ActionSpec, has_template
from flows.language.durations import Duration


class WaitForConfig(ActionConfig):
    type: Literal["http", "tcp"] | None = Field(None, description="http or tcp; told by url or port if left out")
    url: str | None = Field(None, description="http: the address")
    method: str = Field("GET", description="http: the method")
    headers: dict[str, Any] = Field(default_factory=dict, description="http: name → value")
    status_code: int | list[int] = Field(200, description="http: the status that is waited for, or several")
    body_contains: str | None = Field(None, description="http: text that must be in the body")
    verify_ssl: bool = Field(True, description="http: false accepts any certificate")
    host: str | None = Field(None, description="tcp: name or address")
    port: int | None = Field(None, ge=1, le=65535, description="tcp: the port")
    interval: Duration = Field(1.0, description="between two tries")
    timeout: Duration = Field(30.0, description="fail when it has not answered for so long")
    max_attempts: int | None = Field(None, ge=1, description="fail after so many tries")

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        kind = "tcp" if self.type is None and self.url is None else self.type or "http"
        if kind == "http" and self.url is None:
            raise ValueError("wait_for of type http needs url")
        if kind == "tcp" and (self.host is None or self.port is None):
            raise ValueError("wait_for needs url, or host and port")
        if (
            kind == "http"
            and self.url
            and not has_template(self.url)
            and not self.url.startswith(("http://", "https://"))
        ):
            raise ValueError("url must begin with http:// or https://")
        return self

    @property
    def is_http(self) -> bool:
        return self.type == "http" or (self.type is None and self.url is not None)

    @property
    def statuses(self) -> list[int]:
        return self.status_code if isinstance(self.status_code, list) else [self.status_code]


SPEC = ActionSpec(
    name="wait_for",
    Config=WaitForConfig,
    result_keys=frozenset({"success", "attempts", "last", "status", "headers", "body", "duration_ms"}),
    waits=True,
    summary="Waits until an address answers.",
)
