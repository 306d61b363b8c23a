"""Figures (办理情况): each defined once, as conditions that give both the number and the cases behind it."""
