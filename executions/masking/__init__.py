"""Masking: what is recorded holds `‹secret:NAME›` where a secret was (DESIGN §9).

Three rules, each in its module: known values in all their encodings (`forms`, `values`), keys and headers named like
secrets (`names`, `headers`), and the places in text where secrets stand (`places`). `masker` walks JSON with them.
"""

from executions.masking.masker import Masker
from executions.masking.names import is_secret_name

__all__ = ["Masker", "is_secret_name"]
