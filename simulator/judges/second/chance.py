"""How likely is it that two people are within a distance of each other?

The difference of two scattered positions is normal on each axis with the same sigma, about the
measured distance d. P(D <= L) is the share of that bell within the circle of radius L (the Rice
distribution): strips across the line between the two, summed by Simpson's rule.
"""

from math import asin, cos, erf, exp, pi, sin, sqrt

A95_PER_SIGMA = 2.4477  # the radius that holds 95 % of a normal scatter on two axes
_STRIPS = 96  # even
_NEVER = 9.0  # standard deviations


def sigma_m(*a95_m: float) -> float:
    """On each axis, of the distance between positions with these 95 % radii."""
    return sqrt(sum(radius * radius for radius in a95_m)) / A95_PER_SIGMA


def within(limit_m: float, apart_m: float, sigma: float) -> float:
    """P(D <= limit), where the positions are `apart_m` from each other. `sigma` in metres."""
    if sigma <= 0 or abs(apart_m - limit_m) > _NEVER * sigma:
        return float(apart_m <= limit_m)
    # The strip at limit * sin(angle) reaches limit * cos(angle) to either side.
    first = asin(max(-1.0, (apart_m - _NEVER * sigma) / limit_m))
    last = asin(min(1.0, (apart_m + _NEVER * sigma) / limit_m))
    step = (last - first) / _STRIPS
    total = 0.0
    for number in range(_STRIPS + 1):
        angle = first + number * step
        off, half_m = (limit_m * sin(angle) - apart_m) / sigma, limit_m * cos(angle)
        weight = 1 if number in (0, _STRIPS) else 4 if number % 2 else 2
        total += weight * exp(-off * off / 2) * erf(half_m / sigma / sqrt(2)) * half_m
    return total * step / 3 / sigma / sqrt(2 * pi)


def at_one_place(limit_m: float, sigma: float) -> float:
    """P(D <= limit) of positions measured at the same place (the Rayleigh distribution)."""
    return 1 - exp(-((limit_m / sigma) ** 2) / 2) if sigma > 0 else 1.0


def beyond_edge(past_m: float, sigma: float) -> float:
    """P of being on the far side of a straight edge that lies `past_m` away (negative: passed)."""
    if sigma <= 0:
        return float(past_m <= 0)
    return (1 - erf(past_m / sigma / sqrt(2))) / 2
