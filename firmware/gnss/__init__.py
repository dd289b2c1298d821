"""GNSS: a receiver's bytes in, fixes out."""
