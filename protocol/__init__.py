"""The wire: what unit and host both know. Runs under MicroPython 1.25 and CPython 3.11 alike."""
