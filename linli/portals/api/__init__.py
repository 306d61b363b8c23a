"""API v1: every installed kind as JSON, made from its steps and forms. Additive only: nothing in v1 goes away."""
