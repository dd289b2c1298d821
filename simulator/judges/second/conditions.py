"""What the host may say of an order: assured until T, watched, unassured, or not in force.

It may always be more careful than it need be, and say *unassured*.
"""

from collections.abc import Iterator

from host.proximity.types import Condition
from simulator.judges.second.case import Case
from simulator.judges.second.finding import Finding

ROUNDING_MS = 1_000  # a promise is worked out in floating point, and told in whole seconds


def judge_condition(case: Case, said: Condition, until_ms: int, now_ms: int) -> Iterator[Finding]:
    """What is wrong with it."""
    who, in_force = case.order.id, case.binds
    if (said is Condition.INACTIVE) is in_force:
        right = "in force" if in_force else "inactive"
        yield Finding(now_ms, who, "condition.force", said, right)
    elif said is Condition.ASSURED:
        yield from _judge_promise(case, until_ms, now_ms)
    elif said is Condition.WATCHED:
        why = case.unanswered() or case.unwatched(now_ms)
        if why:
            yield Finding(now_ms, who, "watched.unseen", said, f"unassured: {why}")


def _judge_promise(case: Case, until_ms: int, now_ms: int) -> Iterator[Finding]:
    who, why, allowed_ms = case.order.id, case.unanswered(), case.until_ms()
    if why:
        yield Finding(now_ms, who, "assured.unknown", "assured", f"unassured: {why}")
    elif until_ms > allowed_ms + ROUNDING_MS:
        said, allowed = seconds(until_ms - now_ms), seconds(allowed_ms - now_ms)
        yield Finding(now_ms, who, "assured.too_long", said, allowed)
    elif until_ms < now_ms:
        yield Finding(now_ms, who, "assured.over", seconds(until_ms - now_ms), "not assured")


def seconds(ms: int) -> str:
    """A time from now on, in words."""
    return f"{ms / 1000:.1f} s from now"
