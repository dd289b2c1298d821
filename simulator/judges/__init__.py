"""What judges a run: the true paths, and the count of records."""
