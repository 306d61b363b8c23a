"""Residents as a place knows them: who lives in which household, since when, and how long each field is kept."""
