"""Ground floor: errors, ids, working-time arithmetic, text, coordinates, writing(). No domain."""
