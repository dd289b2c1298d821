"""The oracle: what truly happened, from the true paths alone, held against what the host did.

*Breach*: the true distance falls to a limit L of an order in force: the alert distance (kind
"distance"), the contact distance ("contact"), the edge of an exclusion zone ("zone"). Being within
L when the order begins is one too. It counts once, until the distance has been beyond
L + max(50 m, L / 10) for 120 s.

*Approach*: the time around a breach in which the true distance is within the pre-alert distance P
(of a zone: twice its margin) + max(50 m, P / 10). Excursions of at most 180 s belong to it, and
so does the minute before it.

*Lead time*: from the first warning of that cause that a unit of the protected person presented in
the approach, until the breach; negative when the warning came after it. More than 30 s after it,
or none at all, is a *missed* breach.

*False alarm*: the host raises alert or a higher level with limit L, although the true distance was
beyond L + max(50 m, L / 10) all the time from 120 s before until 30 s after.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simulator.judges.truth import Pair, pairs_of
from simulator.scenario.scenario import Scenario

OVER_AFTER_MS = 120_000
EXCURSION_MS = 180_000
BEFORE_MS = 60_000
LATE_MS = 30_000

Samples = list[tuple[int, float | None]]


@dataclass(frozen=True, slots=True)
class Felt:
    """A warning as a protected person's unit presented it."""

    order: str
    cause: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach known to the oracle. `lead_ms` None: there was no warning."""

    order: str
    cause: str
    kind: str
    at_ms: int
    lead_ms: int | None

    @property
    def missed(self) -> bool:
        """Whether a warning came too late to be one, or not at all."""
        return self.lead_ms is None or self.lead_ms < -LATE_MS


class Oracle:
    """Knows the true paths of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self._span = (scenario.start_ms, scenario.end_ms)
        self._pairs = {(pair.order, pair.cause): pair for pair in pairs_of(scenario)}

    def breaches(self, warnings: Iterable[Felt]) -> list[Breach]:
        """Every breach, in order of time, with the lead time that these warnings gave."""
        felt = list(warnings)
        found: list[Breach] = []
        for (order, cause), pair in self._pairs.items():
            felt_ms = sorted(one.at_ms for one in felt if (one.order, one.cause) == (order, cause))
            found += _breaches(pair, felt_ms, self._span)
        return sorted(found, key=lambda breach: (breach.at_ms, breach.order, breach.cause))

    def is_false(self, order: str, cause: str, limit_m: float, at_ms: int) -> bool:
        """Whether nothing near the limit was there when the host raised a level."""
        pair, beyond_m = self._pairs[order, cause], widened(limit_m)
        samples = pair.samples(at_ms - OVER_AFTER_MS, at_ms + LATE_MS, beyond_m)
        return all(apart_m is None or apart_m > beyond_m for _, apart_m in samples)

    def distance_m(self, order: str, cause: str, at_ms: int) -> float:
        """The true distance at an instant."""
        return self._pairs[order, cause].distance_m(at_ms)


def widened(limit_m: float) -> float:
    """What is clearly beyond a limit."""
    return limit_m + max(50.0, 0.1 * limit_m)


def _breaches(pair: Pair, felt_ms: list[int], span_ms: tuple[int, int]) -> list[Breach]:
    outer_m = max(terms.outer_m for _, terms in pair.terms)
    samples = list(pair.samples(*span_ms, near_m=widened(outer_m)))
    approaches = _approaches(samples, widened(outer_m))
    found = []
    for kind in pair.kinds:
        for at_ms in _falls(samples, pair.limits(kind)):
            begin_ms, end_ms = next(span for span in approaches if span[0] <= at_ms <= span[1])
            heard_ms = (ms for ms in felt_ms if begin_ms - BEFORE_MS <= ms <= end_ms + LATE_MS)
            first_ms = next(heard_ms, None)
            lead_ms = None if first_ms is None else at_ms - first_ms
            found.append(Breach(pair.order, pair.cause, kind, at_ms, lead_ms))
    return found


def _falls(samples: Samples, limit_at: Callable[[int], float]) -> list[int]:
    """When the distance falls to a limit, each time that counts; `limit_at`: metres, by time."""
    falls: list[int] = []
    counts, beyond_since_ms = True, None
    for at_ms, apart_m in samples:
        limit_m = limit_at(at_ms)
        if apart_m is None:  # not in force: whatever comes after it is new
            counts, beyond_since_ms = True, None
        elif apart_m > widened(limit_m):
            beyond_since_ms = at_ms if beyond_since_ms is None else beyond_since_ms
            counts = counts or at_ms - beyond_since_ms >= OVER_AFTER_MS
        else:
            beyond_since_ms = None
            if apart_m <= limit_m and counts:
                falls.append(at_ms)
                counts = False
    return falls


def _approaches(samples: Samples, within_m: float) -> list[tuple[int, int]]:
    """From when until when the two are within a distance of each other."""
    spans: list[tuple[int, int]] = []
    for at_ms, apart_m in samples:
        if apart_m is None or apart_m > within_m:
            continue
        if spans and at_ms - spans[-1][1] <= EXCURSION_MS:
            spans[-1] = (spans[-1][0], at_ms)
        else:
            spans.append((at_ms, at_ms))
    return spans
