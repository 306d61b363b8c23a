"""Requests to be called back (请求回电): somebody leaves a number, when and in which language; a call-taker rings.

For those who would rather speak than write. What they say on the telephone is taken in as a case of its own kind; of
the request only the number, and what was noted for the call, is kept, for a year. Serves 12345-type intake (诉求受理).
"""
