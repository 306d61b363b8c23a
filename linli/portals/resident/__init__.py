"""居民端: report a matter, keep a receipt, follow it with number and code."""
