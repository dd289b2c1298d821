"""The unit: what runs on the bracelet and on the victim's unit, under MicroPython."""
