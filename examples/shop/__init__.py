"""The demo shop: users, a catalogue and orders over HTTP, kept in PostgreSQL, with Valkey as its cache."""
