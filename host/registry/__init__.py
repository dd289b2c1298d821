"""Persons, units, orders and zones: their types, and the files that people enter."""
