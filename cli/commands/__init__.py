"""The subcommands, one module each. Every module here imports little: what is slow to import comes when it is needed."""
