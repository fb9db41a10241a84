"""The fault panel: which parts of the shop misbehave right now, how, and for whom."""
