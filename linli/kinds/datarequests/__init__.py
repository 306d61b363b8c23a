"""Requests of people about their own data (个人信息权利请求): why it was looked at, a copy, a correction, that it goes.

Serves the rights of PIPL 15, 24 and 44-50: each request is a case with a clock, goes to somebody outside the line of
the post it asks about, and a "no" says why and where to turn.
"""
