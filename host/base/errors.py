"""What goes wrong in ways that a person is told about, in one line."""


class ResguardoError(Exception):
    """The job failed: exit code 1. The message says what was wrong and what would be right."""


class UsageError(ResguardoError):
    """The command or its input was wrong: exit code 2."""
