"""工作台: choose a hat, one to-do list, one page per case with exactly the steps you may take now."""
