"""Settings, URLs, the server and the `linli` command: the top layer, which sees all others."""
