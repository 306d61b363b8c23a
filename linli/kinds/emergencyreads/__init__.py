"""Reviews of emergency readings (紧急查阅复核): somebody read a resident's contact because a life was in danger.

Serves the duty to answer for each such reading: a post of another line says within 24 hours whether it was justified,
and the resident is told of both.
"""
