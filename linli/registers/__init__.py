"""Registers (登记册): slow lists that are no procedures. Now mediation: bodies, mediators, other lawful ways.

They hold offices, not persons: a mediator is an appointment to a post, shown with what the office needs (skills,
languages, area, term) and the number of cases open now; nothing of anybody is counted over time, rated or ranked.
"""
