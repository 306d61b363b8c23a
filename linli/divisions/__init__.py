"""行政区划: the division tree as of a date, grids, boundaries, and from a point to its grid."""
