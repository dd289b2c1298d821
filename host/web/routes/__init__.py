"""The console's routes, a module for each noun: its `router(...)` is what the app includes."""

READING = ["GET", "HEAD"]  # always both (RFC 9110, 9.1); a route says what it answers to HEAD
