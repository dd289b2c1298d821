"""The host's answer to a message: custody, a lease, and until when she is assured."""

from host.outcome import Answer
from host.proximity.bound import MARGIN_S
from host.proximity.lease import bracelet_lease_s, victim_lease_s
from host.proximity.order import LEASE_CAP_S
from host.proximity.types import Condition
from host.wearer import Wearer
from protocol import command

_MARGIN_MS = int(MARGIN_S * 1000)


def hear(wearer: Wearer, now_ms: int) -> None:
    """An authentic record has come: the unit answers, and is next due at its floor."""
    wearer.track.contact_ms = now_ms
    wearer.track.due_ms = now_ms + wearer.unit.floor_s * 1000 + _MARGIN_MS


def answer(wearer: Wearer, answered: int, now_ms: int, secret: bytes) -> Answer:
    """Grant the lease that all of the wearer's orders allow, and note when the unit is overdue."""
    unit, track = wearer.unit, wearer.track
    allowance_s = LEASE_CAP_S
    for state in wearer.orders:
        allowance_s = min(allowance_s, state.allowance_s(track, now_ms))
    if wearer.offends:
        draw = unit.id.encode() + answered.to_bytes(4, "little")
        lease_s = bracelet_lease_s(allowance_s, unit.floor_s, track.lease_s, secret, draw)
        until_s, flags, shrink_pct = 0, 0, 100
    else:
        lease_s = victim_lease_s(allowance_s, unit.floor_s)
        until_s, flags, shrink_pct = _assured(wearer, now_ms)
    track.lease_s = lease_s
    track.due_ms = now_ms + lease_s * 1000 + _MARGIN_MS
    ledger = wearer.ledger
    return Answer(
        unit.id,
        ledger.watermark,
        ledger.bitmap(answered),
        answered,
        lease_s,
        until_s,
        flags,
        shrink_pct,
    )


def _assured(wearer: Wearer, now_ms: int) -> tuple[int, int, int]:
    """(assured_until_s, flags, shrink_pct): the weakest promise of all of her orders."""
    until_ms = now_ms + int(LEASE_CAP_S * 1000) + 2 * _MARGIN_MS
    flags, shrink_pct = 0, 100
    for state in wearer.orders:
        if state.condition is Condition.UNASSURED:
            return 0, 0, 100
        if state.condition is Condition.WATCHED:
            flags |= command.WATCHED
        elif state.condition is Condition.ASSURED:
            until_ms = min(until_ms, state.until_ms)
            if state.rests(wearer.track):
                flags |= command.RESTING
                offender_m_s = state.offender.speed_m_s
                together_m_s = offender_m_s + wearer.track.speed_m_s
                if together_m_s > 0:
                    shrink_pct = min(shrink_pct, int(100 * offender_m_s / together_m_s))
    if flags & command.WATCHED:
        return 0, command.WATCHED, 100
    return until_ms // 1000, flags, shrink_pct
