"""The host at work: the loop about the core, what comes in and what goes out."""
