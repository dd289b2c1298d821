"""The command line, and the host's settings."""
