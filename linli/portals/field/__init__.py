"""The field app (网格员端): to-do, new matters, acting on a case, the grid's map; works without signal."""
