"""The hardware layer: one module a board, all with the face that unix.py describes."""
