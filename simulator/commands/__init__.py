"""The simulator's part of the command line."""
