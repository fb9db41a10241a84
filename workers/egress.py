"""Where actions may connect to (DESIGN §9)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Egress:
    """Allow and deny rules for outgoing connections. The owner of this module fills it in."""
