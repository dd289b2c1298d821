"""Recorded tracks, in the formats that people have them in."""
