"""One folder per kind of case (办件类别). Kinds do not know each other; nothing here lists them."""
