"""What makes a unit's code ready to run: MicroPython itself, bytecode, the image. Not on a unit."""
