"""Attacks, one class per file, tried at every address of tests/doors.py: a new address is attacked by itself."""
