"""The others we are measured against: what each does, locked by hash, and how each is installed."""
