"""Where outside systems pull what they follow, with their key."""
