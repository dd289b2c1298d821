"""Tokens of machines: one role each, an end, and no more kept of them than a hash. Pure."""

from dataclasses import dataclass

from host.accounts.may import Who
from host.accounts.right import StaffRole
from host.base.errors import UsageError

PREFIX = "resguardo_"  # by which a leaked one is found
DAYS_MAX = 366
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Token:
    """What a machine shows. `id` names it to people, `digest` is all that is kept of it."""

    id: str
    digest: str
    role: StaffRole
    station: str
    court: str
    made_by: str
    made_ms: int
    until_ms: int
    ended_ms: int | None = None


def lasts(token: Token, now_ms: int) -> bool:
    """Whether it still opens anything."""
    return token.ended_ms is None and now_ms < token.until_ms


def who(token: Token) -> Who:
    """Whom its bearer is taken for."""
    return Who(f"token:{token.id}", token.role, court=token.court, station=token.station)


def require_days(days: int) -> int:
    """How long it lasts. Raises UsageError."""
    if not 1 <= days <= DAYS_MAX:
        raise UsageError(f"days {days}: 1 to {DAYS_MAX} are wanted")
    return days
