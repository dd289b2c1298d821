"""What is played: receivers, networks, wires, and the drivers of units and host."""
