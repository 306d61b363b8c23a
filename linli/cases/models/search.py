"""What the search reads, and how far folds have come."""

from __future__ import annotations

from django.db import models

from linli.cases.models.case import Case


class SearchText(models.Model):
    """A case's words and places as search tokens; folded from the ledger's positions.

    The key is the case's time (`search.row_of`), so that the full-text index can be walked newest first.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="search_text")
    tokens = models.TextField()


class Mark(models.Model):
    """How far a fold has read the ledger."""

    name = models.CharField(max_length=30, primary_key=True)
    position = models.BigIntegerField(default=0)
