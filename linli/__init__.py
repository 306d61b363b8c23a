"""Linli (邻里): residents raise matters, and the people who serve them carry these through in the open."""

__version__ = "0.1.0"
