"""People and machines that may ask the host: who they are, and what each may do."""
