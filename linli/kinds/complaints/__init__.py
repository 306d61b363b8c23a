"""Complaints about a post (对岗位的投诉): what it did or left undone, looked into by somebody outside its line.

Serves the duty to answer for power: the complaint goes round the post and its superior, has clocks of its own, and is
hidden from both until the post is heard; who complained stays hidden after that too.
"""
