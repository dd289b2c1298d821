"""The command line, and the documents that people write."""
