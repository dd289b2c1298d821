"""The quiet clock, read twice: when it surely has become an alarm that nothing is promised, and
before when it surely has not.

Plausible movement brings him near at the speeds of a policy, or one and a half times what was just
seen; between the two readings lie which position an anchor hangs on, and how fast was seen.
"""

from collections.abc import Iterator

from host.proximity.quiet import Quiet
from host.registry.types import Zone
from simulator.judges.second.calendar import NEVER_MS, on
from simulator.judges.second.case import GRACE_MS, Case
from simulator.judges.second.earth import distance_m
from simulator.judges.second.fix import Fix
from simulator.judges.second.ground import zone_distance_m
from simulator.judges.second.party import Party

FASTER = 1.5
RECENT_MS = 600_000
_CLOSE_MS = 2_000  # to the end of those ten minutes, or of a rest: either reading
_CLOSE = 0.002  # a chord, an arc


def latest_ms(case: Case, quiet: Quiet, since_ms: int, raised: bool, now_ms: int) -> int:
    """By then it is an alarm that it is unassured, as it is since `since_ms`."""
    held_ms = since_ms + _held_ms(case, quiet, now_ms, late=True)
    return _graced(
        case, min(held_ms, _plausible_ms(case, quiet, now_ms, late=True)), raised, now_ms
    )


def earliest_ms(case: Case, quiet: Quiet, since_ms: int, raised: bool, now_ms: int) -> int:
    """Before then it is none."""
    held_ms = since_ms + _held_ms(case, quiet, now_ms, late=False)
    plausible_ms = _plausible_ms(case, quiet, now_ms, late=False)
    return _graced(case, min(held_ms, plausible_ms), raised, now_ms)


def _held_ms(case: Case, quiet: Quiet, now_ms: int, *, late: bool) -> int:
    """For how long it is held: at night, or close to it, perhaps longer."""
    zone, night = case.order.time_zone, quiet.night
    nights = [on(night, zone, now_ms + off_ms) for off_ms in (-_CLOSE_MS, _CLOSE_MS)]
    if not (night and (any(nights) if late else all(nights))):
        return quiet.hold_ms
    either = quiet.hold_ms, quiet.night_hold_ms
    return max(either) if late else min(either)


def _graced(case: Case, quiet_ms: int, raised: bool, now_ms: int) -> int:
    """What is new is no alarm, unless something worse is known; an open strap always is one."""
    if any(party.off_ms is not None for party in case.parties.values()):
        return now_ms
    return quiet_ms if raised else max(quiet_ms, case.begun_ms + GRACE_MS)


def _plausible_ms(case: Case, quiet: Quiet, now_ms: int, *, late: bool) -> int:
    """Until when he is plausibly near nobody, and in no zone."""
    his = list(_places(case.his, now_ms, late=late))
    his_m_s = _speed_m_s(case.his, quiet, now_ms, late=late)
    pick = max if late else min
    until_ms = NEVER_MS
    for person in case.order.protected:
        party = case.parties[person]
        her_m_s = _speed_m_s(party, quiet, now_ms, late=late)
        slacks = [
            pick(
                distance_m(he.spot, she.spot) * (1 + (_CLOSE if late else -_CLOSE))
                - (case.order.alert_m + he.a95_m + she.a95_m)
                - his_m_s * his_s
                - her_m_s * her_s
                for he, his_s in chain
                for she, her_s in hers
            )
            for chain in his
            for hers in _places(party, now_ms, late=late)
        ]
        rests = party.rests(now_ms if late else now_ms + _CLOSE_MS)
        rate_m_s = his_m_s + (0 if rests else her_m_s)
        until_ms = min(until_ms, _spent_ms(slacks, rate_m_s, now_ms))
    for zone in case.zones:
        slacks = [pick(_gaps_m(zone, chain, his_m_s)) for chain in his]
        until_ms = min(until_ms, _spent_ms(slacks, his_m_s, now_ms))
    return until_ms


def _gaps_m(zone: Zone, chain: list[tuple[Fix, float]], his_m_s: float) -> Iterator[float]:
    for fix, age_s in chain:
        beyond_m = zone_distance_m(zone, fix.spot) - zone.margin_m
        yield beyond_m - fix.a95_m - his_m_s * age_s


def _spent_ms(slacks_m: list[float], rate_m_s: float, now_ms: int) -> int:
    slack_m = min(slacks_m, default=0.0)
    if rate_m_s <= 0:
        return NEVER_MS if slack_m > 0 else now_ms
    return now_ms + int(slack_m / rate_m_s * 1000)


def _places(party: Party, now_ms: int, *, late: bool) -> Iterator[list[tuple[Fix, float]]]:
    """For each chain of positions, where its wearer was, and how many seconds ago that holds."""
    for chain in party.places:
        if chain.alone:
            continue
        known = [chain.last, *(anchor.fix for anchor in chain.anchors)]
        if late and party.fine is not None:
            known.append(party.fine)
        yield [(fix, _age_s(party, fix, now_ms, late=late)) for fix in known]


def _age_s(party: Party, fix: Fix, now_ms: int, *, late: bool) -> float:
    if party.rests(now_ms if late else now_ms + _CLOSE_MS):
        return 0.0
    since_ms = fix.time_ms
    if late:
        since_ms = max(since_ms, party.rest_ended_ms, 0 if fix.dated else party.heard_ms)
    return max(0, now_ms - since_ms) / 1000


def _speed_m_s(party: Party, quiet: Quiet, now_ms: int, *, late: bool) -> float:
    """Late: what is plausible of whoever is not known to have gone fast."""
    known_ms = min(
        (
            now_ms - int(1000 * age_s)
            for one in _places(party, now_ms, late=True)
            for _, age_s in one
        ),
        default=now_ms,
    )
    if late:
        return min(party.speed_m_s, quiet.still_m_s)
    recent_ms = known_ms - RECENT_MS - _CLOSE_MS
    least_m_s = quiet.town_m_s if party.moved_ms >= recent_ms else quiet.still_m_s
    fastest_m_s = max((m_s for at_ms, m_s in party.legs if at_ms >= recent_ms), default=0.0)
    if fastest_m_s > quiet.town_m_s:
        least_m_s = quiet.road_m_s
    return min(party.speed_m_s, max(least_m_s, FASTER * fastest_m_s))
