"""API v1, generated from the steps and forms of every kind."""
