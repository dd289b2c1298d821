"""The quiet clock: when a promise that has ended becomes an alarm.

The bound (bound.py) says what is possible, and ends a promise at once. An alarm is due when he may
plausibly be near, by the same formula at plausible speeds p:

    Q = n + S / (p_O + r p_V)       S = D - R - a_O - a_V - p_O g_O - p_V g_V

a are the radii of 95 %, which are no bound, but plausible. g is for how long a party may have moved
since its position: all rests since then are no part of it. It is 0 for a party that rests and is
heard, and so is r for a protected person. p is 1.5 times what was lately seen, and at least what a
policy says of one who rested or walked, went about in a town, or drove; at most the speed of the
bound. Of a coarse position of now and a fine one of before, that counts which leaves more room.
Whatever is plausible, an alarm is held no longer than the policy allows, by day and by night.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from host.proximity.bound import after_ms
from host.proximity.cause import Cause
from host.proximity.geodesy import chord_m
from host.proximity.schedule import window
from host.proximity.track import Track
from host.proximity.types import Fix
from host.registry.types import Weekly

FASTER = 1.5  # than just seen
SURELY = 1.5  # radii of 95 %: a position in 800 lies farther off


class Quiet(NamedTuple):
    """What a policy takes for plausible of whom, and for how long at most an alarm is held."""

    still_m_s: float = 3.0  # of one who has sat or walked for ten minutes: up, and to a car
    town_m_s: float = 14.0
    road_m_s: float = 33.0  # of one who was seen faster than in a town
    hold_ms: int = 300_000
    night_hold_ms: int = 300_000  # at night, while nobody has moved for ten minutes
    night: tuple[Weekly, ...] = ()

    def speed_m_s(self, track: Track, known_ms: int) -> float:
        """What is plausible of a party, by how it moved before it was last known where it is."""
        if track.speed_m_s <= 0.0:  # a fixed place
            return 0.0
        fastest_m_s = track.memory.pace.fastest(known_ms)
        least_m_s = self.town_m_s if track.memory.pace.drives(known_ms) else self.still_m_s
        if fastest_m_s > self.town_m_s:
            least_m_s = self.road_m_s
        return min(track.speed_m_s, max(least_m_s, FASTER * fastest_m_s))

    def until_ms(
        self, offender: Track, causes: list[Cause], begun_ms: int, now_ms: int, time_zone: str
    ) -> int:
        """Until when an alarm is held, with these causes in force. `begun_ms`: when the promise
        ended, or will end."""
        plausible = (self._plausible_until_ms(cause, offender, now_ms) for cause in causes)
        tracks = (offender, *(track for cause in causes for track in cause.others))
        return min((begun_ms + self._longest_ms(tracks, now_ms, time_zone), *plausible))

    def _longest_ms(self, tracks: tuple[Track, ...], now_ms: int, time_zone: str) -> int:
        """For how long an alarm is held at most."""
        moved = any(track.memory.pace.stirred(self._known_ms(track, now_ms)) for track in tracks)
        by_night = self.night and not moved and _is_night(self.night, now_ms // 60_000, time_zone)
        return self.night_hold_ms if by_night else self.hold_ms

    def _plausible_until_ms(self, cause: Cause, offender: Track, now_ms: int) -> int:
        """Until when he is plausibly not within the alert distance of a cause; `now_ms` where that
        may be over already, or where a party may be anywhere."""
        rate_m_s = sum(
            self.speed_m_s(track, self._known_ms(track, now_ms))
            for track in (offender, *cause.others)
            if track is offender or not track.rests(now_ms)
        )
        return after_ms(now_ms, self.slack_m(cause, offender, now_ms), rate_m_s)

    def slack_m(self, cause: Cause, offender: Track, now_ms: int) -> float:
        """By how much he plausibly is beyond the alert distance of a cause; 0 where nobody was ever
        seen."""
        ways = []
        for track in (offender, *cause.others):
            speed_m_s = self.speed_m_s(track, self._known_ms(track, now_ms))
            ways.append(
                [
                    [(fix, speed_m_s * age_s) for fix, age_s in known]
                    for known in self.places(track, now_ms)
                ]
            )
        slacks_m = (
            max(
                cause.gap_m(*(fix for fix, _ in told)) - sum(used_m for _, used_m in told)
                for told in product(*known)
            )
            for known in product(*ways)
        )
        return min(slacks_m, default=0.0)

    def places(self, track: Track, now_ms: int) -> Iterator[list[tuple[Fix, float]]]:
        """For each hypothesis, positions that all tell where a party was, and for how many seconds
        it may have moved since: the last, and one that was fine before it, unless the way between
        the two is not plausible."""
        rests, fine = track.rests(now_ms), track.memory.fine
        for one in track.shown:
            fix = one.anchor or one.fix
            age_s = 0.0 if rests else _age_s(track, fix, now_ms)
            known = [(fix, age_s)]
            if fine is not None and not track.contested:
                p_m_s = self.speed_m_s(track, now_ms - int(1000 * age_s))
                way_m = p_m_s * max(0, one.fix.time_ms - fine.time_ms) / 1000
                way_m += SURELY * (fine.a95_m + one.fix.a95_m)
                if chord_m(fine[5:8], one.fix[5:8]) <= way_m:
                    known.append((fine, _age_s(track, fine, track.told_ms if rests else now_ms)))
            yield known

    def _known_ms(self, track: Track, now_ms: int) -> int:
        """When a party was last known to be anywhere."""
        age_s = min((age_s for one in self.places(track, now_ms) for _, age_s in one), default=0.0)
        return now_ms - int(1000 * age_s)


@lru_cache(maxsize=64)  # every answer to every unit asks
def _is_night(night: tuple[Weekly, ...], minute: int, time_zone: str) -> bool:
    return window(night, minute * 60_000, time_zone)[0]


def _age_s(track: Track, fix: Fix, now_ms: int) -> float:
    if fix.fixed:
        return 0.0
    return max(0, now_ms - (fix.time_ms if fix.dated else track.contact_ms)) / 1000
