"""Flows, their versions, and environments over HTTP: a part registers its endpoints when it is imported."""

# The order counts: `/flows/{slug}` would answer for `/flows/check`.
# isort: off
from flows.api import language, versions
from flows.api import flows as flow_texts
from flows.api import environments as variables
from flows.api.router import environments, flows

__all__ = ["environments", "flow_texts", "flows", "language", "variables", "versions"]
