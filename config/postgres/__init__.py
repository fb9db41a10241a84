"""Django's PostgreSQL, with a pool that is there again as soon as the server is."""
