"""How long a unit may sleep: the lease that the host may grant in its answer to a record.

His is the rhythm of what he knows: whether he rests, the zones that the court disclosed to him, how
strict his orders are, that he was warned. Hers, of what adapts, is over by its end:

lease_i ends at  n - M + min over its orders of  S / (r v_i + v_j)

and one of more than 20 s another 15 s sooner, for its connection may have been forgotten.
"""

from math import inf

from host.registry.types import Strength, Unit
from simulator.judges.second.anchor import IDLE_MS, margin_ms
from simulator.judges.second.bound import slack_m
from simulator.judges.second.calendar import NEVER_MS
from simulator.judges.second.case import Case
from simulator.judges.second.fix import Fix
from simulator.judges.second.ground import zone_distance_m
from simulator.judges.second.levels import NEAR_M, PRE_ALERT
from simulator.judges.second.nearness import shown_by
from simulator.judges.second.party import Party

CAP_S = 600
NEAR_CAP_S = 30  # while a level stands
UNBOUND_S = 30  # whom no order binds yet
HE_MOVES_S, HE_RESTS_S, HE_RESTS_STRICTLY_S = 10, 600, 60
WARNED_MS = 1_800_000  # from each warning to him on


def his_leases_s(
    party: Party, unit: Unit, cases: list[Case], warned_ms: int | None, now_ms: int
) -> set[int]:
    """What he may be granted, and nothing else; either where a warning comes or ends just now."""
    orders = [case.order for case in cases]
    # Whether a rest counts whose place is not sure is open.
    rhythms = {HE_MOVES_S if past_m > 0 else 0 for past_m in _past_zones_m(party, cases)}
    if party.resting and not orders:
        rhythms.add(UNBOUND_S)
    elif party.resting:
        strict = any(one.strength is Strength.STRICT for one in orders)
        rhythms.add(HE_RESTS_STRICTLY_S if strict or unit.listen_s is None else HE_RESTS_S)
    rhythms = {max(unit.floor_s, rhythm_s) for rhythm_s in rhythms}
    since_ms = WARNED_MS if warned_ms is None else now_ms - warned_ms
    either = since_ms == 0 or abs(since_ms - WARNED_MS) < 1000
    if warned_ms is None or (since_ms > WARNED_MS and not either):
        return rhythms
    return {unit.floor_s, *rhythms} if either else {unit.floor_s}


def _past_zones_m(party: Party, cases: list[Case]) -> tuple[float, float]:
    """How much farther he is from the zones that he knows than he can come in HE_MOVES_S, to twice
    their margin: at least, and at most, for where he is may be open."""
    perhaps, surely = shown_by(party), [chain.last for chain in party.standing]
    return _past_m(perhaps, party, cases) - NEAR_M, _past_m(surely, party, cases) + NEAR_M


def _past_m(fixes: list[Fix], party: Party, cases: list[Case]) -> float:
    reach_m = HE_MOVES_S * party.speed_m_s
    known = [zone for case in cases if case.binds for zone in case.zones if zone.disclosed]
    return min(
        (
            zone_distance_m(zone, fix.spot) - 2 * zone.margin_m - reach_m
            for zone in known
            for fix in fixes
        ),
        default=inf,
    )


def her_lease_end_ms(party: Party, cases: list[Case], now_ms: int) -> int:
    """Until when her unit may sleep, at the most, after its newest record."""
    said_ms = party.said_ms
    end_ms = said_ms + CAP_S * 1000
    for case in cases:
        end_ms = min(end_ms, case.edge_ms)
        if case.binds:
            end_ms = min(end_ms, _end_ms(case, party, now_ms))
            level = max((levels.level for levels in case.levels.values()), default=0)
            if level >= PRE_ALERT:
                end_ms = min(end_ms, said_ms + NEAR_CAP_S * 1000)
    return end_ms


def _end_ms(case: Case, party: Party, now_ms: int) -> int:
    """What one order allows."""
    order, his = case.order, case.his
    his_m_s, her_m_s = order.offender_speed_m_s, order.victim_speed_m_s
    ends = [NEVER_MS]
    for person in order.protected:
        hers = case.parties[person]
        if party is not hers:
            continue
        slack = slack_m(order, his, hers, now_ms)
        if slack is None:
            return now_ms
        speed_m_s = his_m_s + (0 if hers.rests(now_ms) else her_m_s)
        ends.append(now_ms + _within_ms(int(slack / speed_m_s * 1000)))
    return min(ends)


def _within_ms(silent_ms: int) -> int:
    """The longest lease that, with its margin, is over within `silent_ms`."""
    short_ms = min(silent_ms - margin_ms(0), IDLE_MS)
    return max(short_ms, silent_ms - margin_ms(IDLE_MS + 1))
