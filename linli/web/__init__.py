"""Frames, form widgets, tables and the map: what pages are made of. No domain."""
