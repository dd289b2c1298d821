"""From sealed bytes to a believed fix: verify, order, deduplicate, judge. Pure."""
