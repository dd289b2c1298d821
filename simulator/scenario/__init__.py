"""What is to happen: a scenario file, read and turned into paths and instants."""
