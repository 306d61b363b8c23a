"""办理留痕: every step leaves one entry; entries are never changed, only their words can be erased."""
