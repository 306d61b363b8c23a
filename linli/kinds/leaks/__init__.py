"""Leaks of people's data (个人信息安全事件): contained, assessed, reported to the authority, told to those it touches.

Serves the duties of PIPL 57: whoever notices one opens it, it has clocks from the first minute, and it does not close
before authority and people were told, or it stands there why the people need not be.
"""
