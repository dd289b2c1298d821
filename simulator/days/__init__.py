"""Ordinary days of pairs that never come near each other, and what these days come to."""
