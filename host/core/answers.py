"""The host's answer to a message: custody, a lease, and until when she is assured."""

from collections.abc import Iterable

from host.core.outcome import Answer
from host.ingest.wearer import Wearer
from host.proximity.lease import RHYTHM
from host.proximity.order import LEASE_CAP_S
from host.proximity.types import Condition
from host.registry.types import Strength
from protocol import command
from protocol.contact import MARGIN_S, missed_ms, unheard_ms

_MARGIN_MS = MARGIN_S * 1000
_QUIET_MAX_MS = 0xFFFF * 1000
ABSENCE_MS = _MARGIN_MS  # of a host, within which what a unit says again is heard


def note_contact(wearer: Wearer, newest: int, said_ms: int, now_ms: int) -> None:
    """Something new and authentic has come: the unit was heard, and is next due at its floor.

    `said_ms`: when it was said. What was long on its way is no sign of life of now, nor is a copy
    of what came before: anybody on the way can hold back, or send again. And a backlog does not
    shorten a lease that was granted to a newer record. What was said last counts: the unit is
    there, although the broker has said that it is gone, unless this was said before.
    """
    track = wearer.track
    due_ms = missed_ms(said_ms, wearer.unit.floor_s)
    track.contact_ms = now_ms
    if newest == wearer.ledger.newest:
        track.due_ms = due_ms
        wearer.connected |= said_ms > wearer.gone_ms
    else:
        track.due_ms = max(due_ms, track.due_ms)


def last_said_ms(wearer: Wearer) -> int:
    """When what was last heard of a unit was said, or before that: it is due a lease later.

    To be called before `note_contact`.
    """
    track = wearer.track
    return min(track.contact_ms, track.due_ms - missed_ms(0, track.lease_s))


def note_disconnection(wearer: Wearer, known_ms: int, now_ms: int) -> bool:
    """The broker says that a unit is gone, or would have said it to a host that was not there: if
    its wearer was at rest, that no longer counts. `known_ms`: until when it would have been heard.

    A unit that moves off says so at once, but not over a link that is cut: the rest is known
    only until the broker last heard the unit. The hint can be wrong, for a broker may publish the
    will of a session that has long been replaced; each only ever tightens, whatever came before.

    Returns whether anything has changed.
    """
    track = wearer.track
    if not track.resting:
        return False
    until_ms = max(last_said_ms(wearer), known_ms - unheard_ms(wearer.is_bracelet))
    wearer.move_off(until_ms, now_ms)
    track.due_ms = min(track.due_ms, missed_ms(now_ms, wearer.unit.floor_s))
    return True


def doubt_rest(wearers: Iterable[Wearer], heard_ms: int, now_ms: int) -> list[Wearer]:
    """Since then nobody was heard, and whoever was at rest may have moved off. Who that is."""
    return [one for one in wearers if note_disconnection(one, heard_ms, now_ms)]


def whom_to_ask(wearers: Iterable[Wearer], at_work_ms: int, now_ms: int) -> list[Wearer]:
    """Of whom a host that begins again asks where they are, an earlier one having last been known
    to be at work then: whoever may have moved off unheard. Of bracelets each that rested: for how
    long a host had nothing to do tells of her.
    """
    absent = now_ms - at_work_ms > ABSENCE_MS
    asked = (one for one in wearers if absent or one.is_bracelet)
    return doubt_rest(asked, at_work_ms, now_ms)


def grant_lease(wearer: Wearer, newest: int, said_ms: int, now_ms: int) -> None:
    """Grant a bracelet its rhythm, her unit what all of her orders allow, and note when the unit is
    overdue: it sleeps from when it said what is answered, `said_ms`.

    To be called after `note_contact`, once every order has been assessed at `now_ms`. `newest` is
    the greatest new sequence of the message; it never repeats. A backlog is granted nothing.
    """
    if newest != wearer.ledger.newest:
        return
    track = wearer.track
    lease_s = _rhythm_s(wearer, now_ms) if wearer.is_bracelet else _allowed_s(wearer, now_ms)
    track.lease_s = max(wearer.unit.floor_s, lease_s)
    track.expect(said_ms, missed_ms(0, track.lease_s))


def _rhythm_s(wearer: Wearer, now_ms: int) -> int:
    """For how long a bracelet may be silent. Nothing about anybody else may be asked here, nor
    about a zone that is not disclosed."""
    if now_ms < wearer.warned_ms + RHYTHM.warned_s * 1000:
        return 0
    if not wearer.track.resting:
        nears = any(state.nears_known_zone(RHYTHM.moving_s) for state in wearer.orders)
        return 0 if nears else RHYTHM.moving_s
    if not wearer.orders:
        return RHYTHM.unbound_s
    strict = any(state.order.strength is Strength.STRICT for state in wearer.orders)
    return RHYTHM.resting_strict_s if strict or not wearer.track.paged else RHYTHM.resting_s


def _allowed_s(wearer: Wearer, now_ms: int) -> int:
    """For how long her unit may be silent: what the narrowest of her orders allows."""
    if not wearer.orders:
        return RHYTHM.unbound_s
    return int(min(state.allowance_s(wearer.track, now_ms) for state in wearer.orders))


def answer(wearer: Wearer, answered: int, now_ms: int) -> Answer:
    """What to tell the unit. For a copy of an earlier message it repeats the lease granted then,
    which a unit takes only if `answered` is its newest record."""
    until_s, flags, shrink_pct = (0, 0, 100) if wearer.is_bracelet else _assured(wearer, now_ms)
    quiet_s = 0 if wearer.is_bracelet else _quiet_s(wearer, now_ms)
    ledger = wearer.ledger
    return Answer(
        wearer.unit.id,
        ledger.watermark,
        ledger.bitmap(answered),
        answered,
        max(wearer.track.lease_s, wearer.unit.floor_s),
        until_s,
        flags,
        shrink_pct,
        quiet_s,
    )


def _quiet_s(wearer: Wearer, now_ms: int) -> int:
    """For how long from now it is no alarm that nothing is promised, by each of her orders."""
    in_force = (one for one in wearer.orders if one.condition is not Condition.INACTIVE)
    clocks_ms = (state.quiet_until_ms(now_ms) for state in in_force)
    return min(max(0, min(clocks_ms, default=_QUIET_MAX_MS) - now_ms), _QUIET_MAX_MS) // 1000


def _assured(wearer: Wearer, now_ms: int) -> tuple[int, int, int]:
    """(assured_until_s, flags, shrink_pct): the weakest promise of all of her orders.

    An order's promise is that of whom he is nearest to. To this wearer her lease promises more:
    that he cannot reach her before she is overdue.
    """
    track, floor_s = wearer.track, wearer.unit.floor_s
    leased_ms = track.due_ms - missed_ms(0, track.lease_s)
    holds = track.lease_s > floor_s
    until_ms = now_ms + int(LEASE_CAP_S * 1000) + 2 * _MARGIN_MS
    flags, shrink_pct = 0, 100
    for state in wearer.orders:
        # What comes into force then was not looked at; she is due at that moment.
        until_ms = min(until_ms, state.boundary_ms + _MARGIN_MS)
        if state.condition is Condition.UNASSURED:
            return 0, 0, 100
        if state.condition is Condition.INACTIVE:
            continue
        until_ms = min(until_ms, state.until_ms)
        holds &= state.offender.doubted_ms <= leased_ms  # else the lease counted on a rest too long
        if state.rests(track, now_ms):
            flags |= command.RESTING
            offender_m_s = state.offender.speed_m_s
            together_m_s = offender_m_s + track.speed_m_s
            if together_m_s > 0:
                shrink_pct = min(shrink_pct, int(100 * offender_m_s / together_m_s))
    if holds:
        until_ms = max(until_ms, track.due_ms)
    if until_ms < missed_ms(now_ms, floor_s):  # or it would end before it is renewed
        return 0, command.WATCHED, 100
    return until_ms // 1000, flags, shrink_pct
