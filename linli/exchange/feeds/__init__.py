"""What goes out to systems that want to follow: by pull or by push, in order of positions, published fields only."""
