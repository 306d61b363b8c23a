"""Template tags; `frames` is a builtin, so no template has to load it."""
