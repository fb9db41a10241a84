"""The router that all parts of the executions' API register with: of one path, all methods must be together."""

from ninja import Router

router = Router(tags=["executions"])
