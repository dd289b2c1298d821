"""Persons, units, orders, zones and policies: their types, and the files that people enter."""
