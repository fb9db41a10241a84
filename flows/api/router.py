"""The routers that the parts of this API register with: of one path, all methods must be together."""

from ninja import Router

flows = Router(tags=["flows"])
environments = Router(tags=["environments"])
