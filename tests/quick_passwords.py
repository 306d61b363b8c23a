"""Passwords hashed quickly, in tests only; a real server can still check them."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneRound(PBKDF2PasswordHasher):
    """The product's own algorithm with one iteration."""

    iterations = 1
