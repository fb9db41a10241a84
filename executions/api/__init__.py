"""Executions over HTTP, by subject: a part registers its endpoints when it is imported."""

from executions.api import bulk, comparing, exporting, lists, orders, records, steps, usage
from executions.api.router import router

__all__ = ["bulk", "comparing", "exporting", "lists", "orders", "records", "router", "steps", "usage"]
