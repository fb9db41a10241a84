"""Example flows, and the demo shop they run against."""
