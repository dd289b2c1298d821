"""Replays tracks, moves units, breaks things; plays the other side of every wire."""
