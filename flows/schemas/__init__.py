"""Flows, versions and environments as the API shows and takes them, by subject."""
