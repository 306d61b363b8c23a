"""Documents (文书): what a case puts on paper, from templates of its kind, in versions that can be signed and verified.

A document is data first; the PDF is made from it afterwards, so paper that cannot be made loses nothing. Kinds call
`making.make` inside a step and `signing.sign`; doors call `setting.paper_of`; anybody holding the paper can ask
`verifying`. Which text a template has is known by its digest, also where a place put its own in its stead.
"""
