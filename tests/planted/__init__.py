"""A release to come, for tests: the product with one more app, whose second migration goes as a test tells it."""
