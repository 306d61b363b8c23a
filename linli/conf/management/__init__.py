"""The verbs of the `linli` command."""
