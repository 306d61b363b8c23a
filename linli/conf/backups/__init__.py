"""Backups: sealed archives of the database, every attachment once, put back and compared (docs/operations.md)."""
