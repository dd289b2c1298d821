"""A report to look at: one page, drawn from what a run recorded."""
