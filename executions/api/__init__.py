"""Executions over HTTP, by subject: a part registers its endpoints when it is imported."""

from executions.api import lists, orders, records, steps
from executions.api.router import router

__all__ = ["lists", "orders", "records", "router", "steps"]
