"""The second judge: proximity.md once more, slow and plain, without a line of the host's."""
