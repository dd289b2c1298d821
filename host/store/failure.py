"""The two ways in which a commit does not happen."""

from host.base.errors import ResguardoError


class StoreDown(ResguardoError):
    """The file cannot be written now: disk full, locked, a failed fsync. Try again."""


class StoreRefused(ResguardoError):
    """These rows cannot be stored, whenever it is tried: a fault of ours, never of the disk."""
