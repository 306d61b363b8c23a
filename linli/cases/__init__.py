"""办件: the shared core. A case of some kind goes through a procedure, in a post's hands, against a clock."""
