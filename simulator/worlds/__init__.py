"""Where a scenario runs: on virtual time, or live."""
