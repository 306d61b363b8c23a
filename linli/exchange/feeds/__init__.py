"""What goes out to systems that want to follow: by pull or by push, in the order of positions, published fields only."""
