"""Faults: power cuts, failing syncs, full disks, cut lines, jumping clocks; what was acknowledged must stay."""
