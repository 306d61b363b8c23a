"""Matters (网格事件): what residents and grid workers report, carried to a closure the reporter confirms.

Serves the first duty of a place: whatever is raised gets an answer, in time, in the open.
"""
