"""The monitoring centre: ingest, proximity, escalation, delivery, console, records."""
