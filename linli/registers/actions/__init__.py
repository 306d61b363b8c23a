"""Everything that changes a register, each with its entry in the same transaction."""
