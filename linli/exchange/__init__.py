"""Outside systems that a place has to work with: what they send in, what is owed to them, what goes out to them.

One adapter per way of exchanging (sheets, Open311, feeds); all of them know an outside system as a `Source` and
a case's number there as a `Foreign` row. Nobody types twice.
"""
