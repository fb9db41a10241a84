"""SQL databases: where they are, how a query binds its parameters, what comes back."""
