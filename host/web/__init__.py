"""The monitoring centre's console: a page, the feed behind it, and the small server of both."""
