"""One small table: how often each kind of setting has changed."""

from __future__ import annotations

from django.db import models


class Generation(models.Model):
    """A counter per family of cached settings; whoever changes them bumps it in the same transaction."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)
