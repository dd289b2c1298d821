"""How long a unit may sleep: the lease that the host may grant in its answer to a record.

lease_i ends at  n - M + min over its orders of  S / (r v_i + v_j)

and one of more than 20 s another 15 s sooner, for its connection may have been forgotten.
"""

from host.registry.types import Role
from simulator.judges.second.anchor import IDLE_MS, margin_ms
from simulator.judges.second.bound import his_rest_counts, slack_m, zone_slack_m
from simulator.judges.second.calendar import NEVER_MS
from simulator.judges.second.case import Case
from simulator.judges.second.levels import ALERT, PRE_ALERT
from simulator.judges.second.party import Party

CAP_S = 600
NEAR_CAP_S = 30  # while a level stands


def lease_end_ms(party: Party, role: Role, cases: list[Case], now_ms: int) -> int:
    """Until when a unit may sleep, at the most, after its newest record."""
    said_ms = party.said_ms
    end_ms = said_ms + CAP_S * 1000
    for case in cases:
        end_ms = min(end_ms, case.edge_ms)
        if case.binds:
            end_ms = min(end_ms, _end_ms(case, party, now_ms))
            level = max((levels.level for levels in case.levels.values()), default=0)
            if level >= (ALERT if role is Role.OFFENDER else PRE_ALERT):
                end_ms = min(end_ms, said_ms + NEAR_CAP_S * 1000)
    return end_ms


def _end_ms(case: Case, party: Party, now_ms: int) -> int:
    """What one order allows."""
    order, his = case.order, case.his
    his_m_s, her_m_s = order.offender_speed_m_s, order.victim_speed_m_s
    ends = [NEVER_MS]
    for person in order.protected:
        hers = case.parties[person]
        if party is not his and party is not hers:
            continue
        slack = slack_m(order, his, hers, now_ms)
        if slack is None:
            return now_ms
        if party is his:
            speed_m_s = her_m_s + (0 if his_rest_counts(order, his, now_ms) else his_m_s)
        else:
            speed_m_s = his_m_s + (0 if hers.rests(now_ms) else her_m_s)
        ends.append(now_ms + _within_ms(int(slack / speed_m_s * 1000)))
    for zone in case.zones:
        if party is his:
            slack = zone_slack_m(order, zone, his, now_ms)
            if slack is None:
                return now_ms
            if not his_rest_counts(order, his, now_ms):
                ends.append(now_ms + _within_ms(int(slack / his_m_s * 1000)))
    return min(ends)


def _within_ms(silent_ms: int) -> int:
    """The longest lease that, with its margin, is over within `silent_ms`."""
    short_ms = min(silent_ms - margin_ms(0), IDLE_MS)
    return max(short_ms, silent_ms - margin_ms(IDLE_MS + 1))
