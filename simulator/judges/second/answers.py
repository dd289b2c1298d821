"""What the host may answer a unit: a lease, and to a protected person's a promise.

The promise is one of all of her orders: that nobody can have come near *her*. The order's own may
be shorter, where it protects others too.
"""

from collections.abc import Iterator

from host.core.outcome import Answer
from host.registry.types import Role
from protocol import command
from simulator.judges.second.anchor import MARGIN_MS
from simulator.judges.second.case import Case
from simulator.judges.second.conditions import ROUNDING_MS, seconds
from simulator.judges.second.finding import Finding
from simulator.judges.second.knowledge import Knowledge
from simulator.judges.second.leases import her_lease_end_ms, his_leases_s
from simulator.judges.second.party import Party


class Answers:
    """Remembers what was granted: a lease goes to the newest record, and copies repeat it."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        self._granted: dict[str, tuple[int, int]] = {}  # unit -> (answered, lease_s)
        self._warned: dict[Party, int] = {}  # when a warning was last sent

    def warned(self, unit: str, now_ms: int) -> None:
        """A warning goes to a unit."""
        party = self._known.worn.get(unit)
        if party is not None:
            self._warned[party] = now_ms

    def judge(self, answer: Answer, now_ms: int) -> Iterator[Finding]:
        """What is wrong with one answer."""
        party = self._known.worn.get(answer.unit)
        if party is None:
            return
        hearing, cases = self._known.hearings[answer.unit], self._known.cases_of(party)
        unit = hearing.unit
        newest, lease_s = self._granted.get(answer.unit, (0, 0))
        if answer.answered == party.newest == hearing.newest != newest:
            if unit.role is Role.OFFENDER:
                warned_ms = self._warned.get(party)
                leases_s = his_leases_s(party, unit, cases, warned_ms, now_ms)
                if answer.lease_s not in leases_s:
                    said, right = f"{answer.lease_s} s", f"one of {sorted(leases_s)} s"
                    yield Finding(now_ms, unit.id, "lease.tells", said, right)
            else:
                end_ms = her_lease_end_ms(party, cases, now_ms)
                allowed_s = max(unit.floor_s, (end_ms - party.said_ms) / 1000)
                if answer.lease_s > allowed_s:
                    said, allowed = f"{answer.lease_s} s", f"{allowed_s:.1f} s"
                    yield Finding(now_ms, unit.id, "lease.too_long", said, allowed)
            self._granted[unit.id] = answer.answered, answer.lease_s
            party.sleep(answer.lease_s)
        elif answer.lease_s > max(unit.floor_s, lease_s):
            said, allowed = f"{answer.lease_s} s", f"{lease_s} s as before"
            yield Finding(now_ms, unit.id, "lease.again", said, allowed)
        if unit.role is Role.VICTIM:
            for case in cases:
                yield from _judge_promise(answer, party, case, now_ms)
        elif (answer.flags, answer.assured_until_s) != (0, 0):
            yield Finding(now_ms, unit.id, "promise.to_him", str(answer), "a lease and no more")


def _judge_promise(answer: Answer, party: Party, case: Case, now_ms: int) -> Iterator[Finding]:
    """What is wrong with the promise to her, as far as one of her orders goes."""
    unit, until_ms = answer.unit, answer.assured_until_s * 1000
    watched = bool(answer.flags & command.WATCHED)
    if not (until_ms or watched):
        return
    if not case.binds:
        # What binds from then on was not looked at; she is due at that moment.
        limit_ms = case.edge_ms + MARGIN_MS
        if until_ms > limit_ms:
            said, allowed = seconds(until_ms - now_ms), seconds(limit_ms - now_ms)
            yield Finding(now_ms, unit, "promise.beyond", said, allowed)
        return
    promise = case.promises[case.cause_of(party)]
    allowed_ms, why = promise.until_ms, case.unanswered()
    if why:
        yield Finding(now_ms, unit, "promise.unknown", str(answer), f"nothing: {why}")
    elif watched:
        why = case.unwatched(now_ms)
        if why and allowed_ms < now_ms:
            yield Finding(now_ms, unit, "promise.watched", "watched", f"nothing: {why}")
    elif until_ms > allowed_ms + ROUNDING_MS:
        said, allowed = seconds(until_ms - now_ms), seconds(allowed_ms - now_ms)
        yield Finding(now_ms, unit, "promise.too_long", said, allowed)
    else:
        left_pct = answer.shrink_pct if answer.flags & command.RESTING else 100
        left_ms = now_ms + (until_ms - now_ms) * left_pct // 100
        moving_ms = promise.moving_ms(now_ms)
        if left_ms > moving_ms + ROUNDING_MS:
            said, allowed = seconds(left_ms - now_ms), seconds(moving_ms - now_ms)
            yield Finding(now_ms, unit, "promise.when_she_moves", said, allowed)
