"""Whether what is stored is what the inputs lead to, and what was entered: the first difference."""
