"""What must survive: the registry, the log of inputs, live states, incidents, the audit."""
