"""What is still possible: until when nobody can have come within the alert distance unseen.

    S = D - R - b_O - b_V - v_O g_O - v_V g_V          assured until  n + S / (v_O + r v_V)

with the distance D between anchors, their discs b, and the time g for which each may have moved
unseen: since the anchor, or the margin M for somebody whose rest counts. r is 0 while the
protected person rests, else 1. Newer positions never lower what was promised; what rested on a
rest falls with it.
"""

from math import floor

from host.registry.types import Order, Strength, Zone
from simulator.judges.second.anchor import MARGIN_MS
from simulator.judges.second.calendar import NEVER_MS
from simulator.judges.second.earth import distance_m
from simulator.judges.second.fix import Fix
from simulator.judges.second.ground import zone_distance_m
from simulator.judges.second.party import Party


def his_rest_counts(order: Order, his: Party, now_ms: int) -> bool:
    """Whether his bracelet is believed to lie still while it is silent."""
    return _is_trusted(order) and his.rests(now_ms)


def slack_m(order: Order, his: Party, hers: Party, now_ms: int) -> float | None:
    """S: how much nearer they can come than they surely are; None if nothing is sure.

    Where several anchors are held, that which promises most: each is right.
    """
    if his.torn or hers.torn:
        return None
    his_reach = _reach(his, order.offender_speed_m_s, now_ms, _is_trusted(order))
    her_reach = _reach(hers, order.victim_speed_m_s, now_ms, trusted=True)
    slacks = [
        distance_m(his_fix.spot, her_fix.spot) - order.alert_m - his_m - her_m
        for his_fix, his_m in his_reach
        for her_fix, her_m in her_reach
    ]
    return max(slacks, default=None)


def zone_slack_m(order: Order, zone: Zone, his: Party, now_ms: int) -> float | None:
    """S for a place, which has no second party."""
    if his.torn:
        return None
    reach = _reach(his, order.offender_speed_m_s, now_ms, _is_trusted(order))
    slacks = [zone_distance_m(zone, fix.spot) - zone.margin_m - far_m for fix, far_m in reach]
    return max(slacks, default=None)


def _reach(party: Party, speed_m_s: float, now_ms: int, trusted: bool) -> list[tuple[Fix, float]]:
    """(anchor, b + v g) of each anchor: how far from there somebody can be."""
    return [
        (one.fix, one.fix.surely_m + speed_m_s * party.unseen_ms(one, now_ms, trusted) / 1000)
        for one in party.anchors
    ]


def _is_trusted(order: Order) -> bool:
    return order.strength is Strength.SUPERVISED


class Promise:
    """The greatest T for one protected person of one order, or for one of its zones.

    `firm_ms` holds whatever anybody does; `resting_ms` as long as she rests, and `his_rest_ms` as
    long as he does: both are worked out anew when a rest ends.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self.forget()

    def forget(self) -> None:
        """Nothing is promised any more."""
        self.firm_ms = self.resting_ms = self.his_rest_ms = self.both_ms = -NEVER_MS

    @property
    def until_ms(self) -> int:
        """The greatest of them."""
        return max(self.firm_ms, self.resting_ms, self.his_rest_ms, self.both_ms)

    def weigh(self, his: Party, hers: Party, now_ms: int) -> None:
        """Take what is known now; what was promised stands."""
        slack = slack_m(self._order, his, hers, now_ms)
        if slack is None:
            self.forget()
            return
        his_m_s, her_m_s = self._order.offender_speed_m_s, self._order.victim_speed_m_s
        moving_ms = now_ms + floor(slack / (his_m_s + her_m_s) * 1000)
        resting_ms = now_ms + floor(slack / his_m_s * 1000) if hers.rests(now_ms) else moving_ms
        if his_rest_counts(self._order, his, now_ms):
            self.his_rest_ms = max(self.his_rest_ms, moving_ms)
            self.both_ms = max(self.both_ms, resting_ms)
        else:
            self.firm_ms = max(self.firm_ms, moving_ms)
            self.resting_ms = max(self.resting_ms, resting_ms)

    def weigh_zone(self, zone: Zone, his: Party, now_ms: int) -> None:
        """The same for a place."""
        slack = zone_slack_m(self._order, zone, his, now_ms)
        if slack is None:
            self.forget()
            return
        until_ms = now_ms + floor(slack / self._order.offender_speed_m_s * 1000)
        if his_rest_counts(self._order, his, now_ms):
            self.his_rest_ms = max(self.his_rest_ms, until_ms)
        else:
            self.firm_ms = max(self.firm_ms, until_ms)

    def she_moves(self, since_ms: int, now_ms: int) -> None:
        """Her rest has ended. What is left of a promise that counted on it shrinks."""
        if now_ms - since_ms <= MARGIN_MS:
            self.firm_ms = max(self.firm_ms, self.shrunk_ms(self.resting_ms, since_ms))
            self.his_rest_ms = max(self.his_rest_ms, self.shrunk_ms(self.both_ms, since_ms))
        self.resting_ms = self.both_ms = -NEVER_MS

    def he_moves(self, since_ms: int, now_ms: int) -> None:
        """His rest has ended; promises of before it hold, for he could have moved from then on."""
        if now_ms - since_ms <= MARGIN_MS:
            self.firm_ms = max(self.firm_ms, self.his_rest_ms)
            self.resting_ms = max(self.resting_ms, self.both_ms)
        self.his_rest_ms = self.both_ms = -NEVER_MS

    def moving_ms(self, now_ms: int) -> int:
        """Until when it holds although she moves off now."""
        firm_ms = max(self.firm_ms, self.his_rest_ms)
        return max(firm_ms, self.shrunk_ms(self.until_ms, now_ms))

    def shrunk_ms(self, until_ms: int, since_ms: int) -> int:
        """What is left of a promise that counted on her rest, which ended at `since_ms`."""
        his_m_s, her_m_s = self._order.offender_speed_m_s, self._order.victim_speed_m_s
        return since_ms + (until_ms - since_ms) * his_m_s // (his_m_s + her_m_s)
