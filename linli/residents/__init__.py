"""居民: the only place where names, telephone numbers and addresses of people live, behind one door."""
