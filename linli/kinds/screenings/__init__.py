"""Screenings (矛盾纠纷排查): every grid or village of an area is asked to look for disputes of one sort until a day.

Serves the duty to look for disputes where they begin: a task on places and a subject, never on persons. It needs a
listed basis and an end, says how many hours it takes, and “nothing found” is as good an answer as any.
"""
