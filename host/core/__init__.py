"""The pure core: one step from inputs to an outcome. No clock, no I/O, no randomness."""
