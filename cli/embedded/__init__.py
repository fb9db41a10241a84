"""The embedded stack: PostgreSQL, Valkey and our own processes on one machine, in one data folder."""
