"""Where a Redis or Valkey server is: the keys that all redis actions share."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from flows.language.actions.base import ActionConfig, has_template

_SCHEMES = ("redis", "rediss", "unix")


class RedisTls(ActionConfig):
    """How to trust the server; plain `tls: true` trusts what the worker's system trusts."""

    verify: bool = True
    ca: str | None = Field(None, description="file of trusted certificates, on the worker")
    client_cert: str | None = Field(None, description="file with certificate (and key), on the worker")
    client_key: str | None = Field(None, description="file with the key, on the worker")


class RedisConfig(ActionConfig):
    """Base of the redis configs: `url`, or its parts."""

    url: str | None = Field(None, description="redis://[user:password@]host:port/db, rediss:// for TLS")
    host: str | None = Field(None, description="default localhost")
    port: int | None = Field(None, ge=1, le=65535, description="default 6379")
    db: int | None = Field(None, ge=0, description="default 0")
    username: str | None = None
    password: str | None = None
    tls: bool | RedisTls | None = None

    @field_validator("url")
    @classmethod
    def _is_a_redis_url(cls, value: str | None) -> str | None:
        if value is None or value.lstrip().startswith(("${", "{{")):
            return value
        scheme, separator, rest = value.strip().partition("://")
        if not separator:
            raise ValueError("url must begin with redis://, rediss:// or unix://")
        if scheme.lower() not in _SCHEMES and not has_template(scheme):
            raise ValueError(f"url must begin with redis://, rediss:// or unix://, not {scheme[:30]}://")
        if not rest:
            raise ValueError("url names no host")
        return value

    @model_validator(mode="after")
    def _says_where_once(self) -> Self:
        if self.url is not None and (self.host is not None or self.port is not None):
            raise ValueError("url and host or port are given; say once where the server is")
        return self
